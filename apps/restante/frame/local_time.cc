#include "restante/frame/local_time.h"

#include <fmt/format.h>
#include <time.h>

#include <array>
#include <cstdlib>
#include <optional>

namespace restante::cli {
namespace {

std::optional<tm> broken_down(std::int64_t seconds) {
  const time_t time = seconds;
  tm parts{};
  ::tzset();  // localtime_r() need not look at TZ by itself.
  if (::localtime_r(&time, &parts) == nullptr) return std::nullopt;
  return parts;
}

}  // namespace

std::string short_date(std::int64_t seconds) {
  const std::optional<tm> parts = broken_down(seconds);
  if (!parts) return std::to_string(seconds);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts->tm_year + std::int64_t{1900},
                     parts->tm_mon + 1, parts->tm_mday, parts->tm_hour, parts->tm_min);
}

std::string long_date(std::int64_t seconds) {
  const std::optional<tm> parts = broken_down(seconds);
  if (!parts) return std::to_string(seconds);
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t minutes = std::abs(parts->tm_gmtoff) / 60;
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
                     kDays.at(static_cast<std::size_t>(parts->tm_wday)), parts->tm_mday,
                     kMonths.at(static_cast<std::size_t>(parts->tm_mon)),
                     parts->tm_year + std::int64_t{1900}, parts->tm_hour, parts->tm_min,
                     parts->tm_sec, parts->tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace restante::cli
