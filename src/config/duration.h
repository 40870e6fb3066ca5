// Durations as an operator writes them: "500ms", "30s", "10m", "12h", "7d", "2w".
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::config {

/// A whole number and one unit (ms, s, m, h, d, w), nothing between or around them. Errors:
/// kSyntax, also for a number that does not fit 64 bits of milliseconds. The detail is a sentence
/// for the operator.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest way to write it: "10m", not "600s".
std::string to_string(std::chrono::milliseconds duration);

}  // namespace restante::config
