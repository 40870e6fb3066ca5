// The line that begins a message in an mbox file: "From ", a sender, and a date as asctime(3)
// writes it, with the variants that programs have made of it. By this form it is told from a line
// of text that begins with "From ". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace restante::archive {

struct FromLine {
  /// Unix seconds; UTC unless a numeric zone is there. Nothing: it is no possible date.
  std::optional<std::int64_t> seconds;
};

/// `line` is without its line end. Nothing: it has another form. Weekday, seconds, a sender and
/// zones may be missing; the year may stand before the time, and "remote from HOST" behind all.
std::optional<FromLine> parse_from_line(std::string_view line);

}  // namespace restante::archive
