#include "config/duration.h"

#include <fmt/format.h>

#include <limits>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};

// Longest first: to_string takes the first that divides.
constexpr auto kUnits = std::to_array<Unit>({
    {"w", 7ULL * 24 * 3600 * 1000},
    {"d", 24ULL * 3600 * 1000},
    {"h", 3600ULL * 1000},
    {"m", 60ULL * 1000},
    {"s", 1000},
    {"ms", 1},
});

constexpr auto kMillisecondsMax =
    static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Error not_a_duration() {
  return Error(Errc::kSyntax,
               "must be a duration: a whole number and a unit, as in \"30s\" "
               "(ms, s, m, h, d, w)");
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto number = parse_decimal<std::uint64_t>(text.substr(0, digits));
  if (!number) return not_a_duration();
  for (const Unit& unit : kUnits) {
    if (unit.name != text.substr(digits)) continue;
    if (*number > kMillisecondsMax / unit.milliseconds)
      return Error(Errc::kSyntax, "is too long a duration");
    return std::chrono::milliseconds(static_cast<std::int64_t>(*number * unit.milliseconds));
  }
  return not_a_duration();
}

std::string to_string(std::chrono::milliseconds duration) {
  if (duration.count() <= 0) return "0s";
  const auto count = static_cast<std::uint64_t>(duration.count());
  for (const Unit& unit : kUnits)
    if (count % unit.milliseconds == 0)
      return fmt::format("{}{}", count / unit.milliseconds, unit.name);
  return fmt::format("{}ms", count);
}

}  // namespace restante::config
