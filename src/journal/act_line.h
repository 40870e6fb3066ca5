// An act as a line of JSON and back: {"when":"2026-11-21T22:08:59.123Z","act":"delivered",…}. Keys
// stand in the order of Act's members. What cannot be UTF-8 is read as ISO 8859-1.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/act.h"

namespace restante::journal {

/// What differs among acts that are alike.
struct OfOne {
  WallTime when{};
  std::string_view uid{};
  std::uint64_t octets = 0;
};

/// Appends the line with its LF; the act's time, unique id and octets are those of `one`.
void append_line(const Act& act, const OfOne& one, std::string& out);
/// The same with its own.
inline void append_line(const Act& act, std::string& out) {
  append_line(act, {act.when, act.uid, act.octets}, out);
}

/// The act of a line without its LF. Keys that a later version has are passed over. Errors:
/// kSyntax: no line of the journal.
Result<Act> parse_line(std::string_view line);

/// `"KEY":"VALUE"` as it stands in a line.
std::string pair_of(std::string_view key, std::string_view value);

/// The line with `value` replaced, wherever it is a whole text or a word of one. `replacement` has
/// no character that JSON escapes.
std::string with_name_replaced(std::string_view line, std::string_view value,
                               std::string_view replacement);

}  // namespace restante::journal
