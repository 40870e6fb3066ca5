#include "smtp/forwarded.h"

#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/xtext.h"

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

std::optional<std::string> read_value(std::string_view text) {
  auto value = mail::decode_xtext(text);
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
