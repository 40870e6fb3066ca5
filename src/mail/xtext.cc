#include "mail/xtext.h"

namespace restante::mail {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";  // Capital ones alone.

std::optional<unsigned> hex_digit(char c) {
  const auto at = kDigits.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

/// What stands for itself.
bool is_xchar(char c) { return c > ' ' && c <= '~' && c != '+' && c != '='; }

}  // namespace

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_xchar(text[at])) {
      out += text[at];
      continue;
    }
    if (text[at] != '+' || text.size() - at < 3) return std::nullopt;
    const auto high = hex_digit(text[at + 1]);
    const auto low = hex_digit(text[at + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return out;
}

std::string encode_xtext(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (is_xchar(c))
      out += c;
    else
      out.append("+").append(1, kDigits[octet / 16]).append(1, kDigits[octet % 16]);
  }
  return out;
}

}  // namespace restante::mail
