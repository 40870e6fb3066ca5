#include "server/page/scale.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "server/page/html.h"

namespace restante::server::page {
namespace {

using namespace std::chrono_literals;

constexpr double kTicksMost = 5;

/// The least of 1, 2, 5, 10, 20 … that is not below `distance`.
double round_up(double distance) {
  const double power = std::pow(10, std::floor(std::log10(distance)));
  for (const double step : {1, 2, 5})
    if (step * power >= distance) return step * power;
  return 10 * power;
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string clock_text(WallTime time) { return to_rfc3339(time).substr(11, 5); }

std::string day_text(WallTime time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{} {}", static_cast<unsigned>(day.day()),
                     kMonths.at(static_cast<unsigned>(day.month()) - 1));
}

/// Those at whole multiples of `step` since 1970.
std::vector<TimeTick> even_ticks(WallTime from, WallTime to, std::chrono::minutes step) {
  std::vector<TimeTick> out;
  const auto past = from.time_since_epoch() % step;
  for (WallTime at = past == 0ms ? from : from - past + step; at < to; at += step)
    out.push_back({at, step < 24h ? clock_text(at) : day_text(at)});
  return out;
}

/// At the first of each `step`th month; "2026" where a year begins.
std::vector<TimeTick> month_ticks(WallTime from, WallTime to, unsigned step) {
  std::vector<TimeTick> out;
  const std::chrono::year_month_day first(std::chrono::floor<std::chrono::days>(from));
  std::chrono::year_month month(first.year(), std::chrono::January);
  for (;; month += std::chrono::months(step)) {
    const WallTime at = std::chrono::sys_days(month / 1);
    if (at >= to) return out;
    if (at < from) continue;
    const auto number = static_cast<unsigned>(month.month());
    out.push_back({at, number == 1 ? std::to_string(static_cast<int>(month.year()))
                                   : std::string(kMonths.at(number - 1))});
  }
}

}  // namespace

std::string in_unit(double value, Unit unit) {
  if (unit == Unit::kOctets) return human_bytes(value);
  return grouped(static_cast<std::uint64_t>(std::llround(value)));
}

std::vector<double> ticks(double most, Unit unit) {
  double base = 1;
  if (unit == Unit::kOctets)
    while (most / base >= 1024) base *= 1024;
  const double step = std::max(1.0, round_up(std::max(most / base, 1.0) / kTicksMost)) * base;
  std::vector<double> out = {0, step};
  while (out.back() < most) out.push_back(out.back() + step);
  if (out.size() == 2) out.push_back(2 * step);
  return out;
}

std::vector<TimeTick> time_ticks(WallTime from, WallTime to) {
  const auto length = to - from;
  if (length <= 2h) return even_ticks(from, to, 10min);
  if (length <= 36h) return even_ticks(from, to, 4h);
  if (length <= 10 * 24h) return even_ticks(from, to, 24h);
  if (length <= 40 * 24h) return even_ticks(from, to, 5 * 24h);
  if (length <= 500 * 24h) return month_ticks(from, to, 2);
  return month_ticks(from, to, 12);
}

}  // namespace restante::server::page
