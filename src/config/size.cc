#include "config/size.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::config {
namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t octets;
};

constexpr auto kSizeUnits = std::to_array<SizeUnit>({
    {"TiB", 1ULL << 40},
    {"GiB", 1ULL << 30},
    {"MiB", 1ULL << 20},
    {"KiB", 1ULL << 10},
    {"B", 1},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"kB", 1'000},
    {"", 1},
});

// TOML's integers end here, too.
constexpr auto kOctetsMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Error not_a_size() {
  return Error(Errc::kSyntax,
               "must be a size: a whole number of octets, or one with a unit as in "
               "\"64MiB\" (B, kB, KiB, MB, MiB, GB, GiB, TB, TiB)");
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto number = parse_decimal<std::uint64_t>(text.substr(0, digits));
  if (!number) return not_a_size();
  for (const SizeUnit& unit : kSizeUnits) {
    if (unit.name != text.substr(digits)) continue;
    if (*number > kOctetsMax / unit.octets) return Error(Errc::kSyntax, "is too large a size");
    return *number * unit.octets;
  }
  return not_a_size();
}

std::string format_size(std::uint64_t octets) {
  for (const SizeUnit& unit : kSizeUnits)
    if (octets != 0 && octets % unit.octets == 0)
      return fmt::format("{}{}", octets / unit.octets, unit.name);
  return "0B";
}

std::string human_bytes(double bytes) {
  constexpr std::array<std::string_view, 5> kLargeUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1000) return fmt::format("{:.0f} B", bytes);
  std::size_t unit = 0;
  bytes /= 1024;
  while (bytes >= 999.5 && unit + 1 < kLargeUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  // 2 is "2.0", so that a figure that grows on a terminal does not change its width.
  return fmt::format("{:.{}f} {}", bytes, bytes < 9.95 ? 1 : 0, kLargeUnits[unit]);
}

}  // namespace restante::config
