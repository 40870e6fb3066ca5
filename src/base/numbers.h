// Numbers in protocol text, exact: digits only, the whole token, no sign, no blanks, no wrapping.
#pragma once

#include <charconv>
#include <concepts>
#include <string_view>

#include "base/result.h"

namespace restante {

/// Parses a whole decimal token. Leading zeros are refused ("01x" and "01" alike: no client writes
/// them, and a server that takes them hides mistakes). Errors: kSyntax, also when out of T's range.
template <std::unsigned_integral T>
Result<T> parse_decimal(std::string_view token) {
  T number = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, ec] = std::from_chars(token.data(), end, number, 10);
  if (ec != std::errc{} || stop != end) return Error(Errc::kSyntax, "not a number");
  if (token.size() > 1 && token[0] == '0') return Error(Errc::kSyntax, "leading zero");
  return number;
}

}  // namespace restante
