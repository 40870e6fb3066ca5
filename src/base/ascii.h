// ASCII without a locale: protocol keywords are ASCII in every language of the machine.
#pragma once

#include <string>
#include <string_view>

namespace restante {

constexpr char to_upper(char c) { return (c >= 'a' && c <= 'z') ? static_cast<char>(c - 32) : c; }
constexpr char to_lower(char c) { return (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
/// A control character: 0..31 or 127.
constexpr bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20U) || c == 0x7f; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80U; }

/// True when both are the same but for the case of ASCII letters.
bool equals_ignore_case(std::string_view a, std::string_view b);
bool starts_with_ignore_case(std::string_view text, std::string_view prefix);
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
/// Without leading and trailing spaces and tabs; a view into `text` always, of nothing too.
std::string_view trim(std::string_view text);
/// True when every byte belongs to valid UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace restante
