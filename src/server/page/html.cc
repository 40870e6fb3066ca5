#include "server/page/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace restante::server::page {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string_view entity(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : to_utf8(text)) {
    const std::string_view known = entity(c);
    const bool is_control = static_cast<unsigned char>(c) < ' ' || c == '\x7F';
    if (!known.empty())
      out += known;
    else if (is_control)
      out += kReplacement;
    else
      out += c;
  }
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string span(std::chrono::seconds length) {
  const auto seconds = length.count();
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 86'400) return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
  const auto days = seconds / 86'400;
  return fmt::format("{} {} {} h", days, days == 1 ? "day" : "days", seconds / 3600 % 24);
}

std::string percent(double part, double whole) {
  if (whole <= 0) return "\xE2\x80\x93";
  const double share = 100 * part / whole;
  if (share == 100) return "100 %";
  // What is not all must not look like all.
  return fmt::format("{:.2f} %", std::min(share, 99.99));
}

std::string moment(WallTime time) {
  std::string text = to_rfc3339(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

}  // namespace restante::server::page
