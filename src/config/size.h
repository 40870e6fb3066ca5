// Sizes as an operator writes them: "64MiB", "10MB", "4096". Binary units are powers of 1024,
// decimal ones of 1000.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::config {

/// A whole number of octets, or one with a unit (B, kB, KiB, MB, MiB, GB, GiB, TB, TiB). Errors:
/// kSyntax, also for a number that does not fit 63 bits. The detail is a sentence for the operator.
Result<std::uint64_t> parse_size(std::string_view text);

/// The shortest exact way to write it in binary units: "64MiB", "1500B".
std::string format_size(std::uint64_t octets);

/// For people, not exact: "1.5 GiB"; three digits at most before the unit.
std::string human_bytes(double bytes);

}  // namespace restante::config
