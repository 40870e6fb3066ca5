// Numbers in protocol text, exact: digits only, the whole token, no sign, no blanks, no wrapping;
// and numbers of things in text for people.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
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

/// "1 message" of `one`, "2 messages" of `several`.
inline std::string counted(std::uint64_t count, std::string_view one, std::string_view several) {
  return std::to_string(count).append(" ").append(count == 1 ? one : several);
}
inline std::string counted(std::uint64_t count, std::string_view one) {
  return counted(count, one, std::string(one) + "s");
}

}  // namespace restante
