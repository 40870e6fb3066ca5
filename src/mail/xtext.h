// xtext (RFC 3461 s.4): how a parameter of SMTP holds octets that it could not hold as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::mail {

/// nullopt: it is none.
std::optional<std::string> decode_xtext(std::string_view text);
std::string encode_xtext(std::string_view octets);

}  // namespace restante::mail
