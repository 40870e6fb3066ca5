#include "smtp/forwarded.h"

#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/limits.h"

namespace restante::smtp {
namespace {

struct Attribute {
  std::string_view name;
  std::string Forwarded::*member;
};

constexpr std::array kAttributes = {
    Attribute{"NAME", &Forwarded::name},     Attribute{"ADDR", &Forwarded::address},
    Attribute{"PORT", &Forwarded::port},     Attribute{"PROTO", &Forwarded::protocol},
    Attribute{"HELO", &Forwarded::helo},     Attribute{"IDENT", &Forwarded::ident},
    Attribute{"SOURCE", &Forwarded::source},
};

// RFC 3461 s.4: capital digits.
std::optional<unsigned> hex_digit(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto at = kDigits.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c <= ' ' || c > '~' || c == '=') return std::nullopt;
    if (c != '+') {
      out += c;
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const auto high = hex_digit(text[at + 1]);
    const auto low = hex_digit(text[at + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return out;
}

std::optional<std::string> read_value(std::string_view text) {
  auto value = decode_xtext(text);
  if (!value || value->empty() || value->size() > limits::kDomainBytesMax) return std::nullopt;
  if (equals_ignore_case(*value, "[UNAVAILABLE]") || equals_ignore_case(*value, "[TEMPUNAVAIL]"))
    value->clear();
  return value;
}

}  // namespace

bool read_forwarded(std::string_view argument, Forwarded& forwarded) {
  Forwarded read = forwarded;
  argument = trim(argument);
  if (argument.empty()) return false;
  while (!argument.empty()) {
    const std::string_view word = argument.substr(0, argument.find(' '));
    argument = trim(argument.substr(word.size()));
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view name = word.substr(0, equals);
    auto value = read_value(word.substr(equals + 1));
    bool known = false;
    for (const Attribute& attribute : kAttributes) {
      if (!value || !equals_ignore_case(name, attribute.name)) continue;
      read.*attribute.member = std::move(*value);
      known = true;
      break;
    }
    if (!known) return false;
  }
  forwarded = std::move(read);
  return true;
}

}  // namespace restante::smtp
