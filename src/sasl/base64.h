// Base64 as SASL exchanges use it (RFC 4648 s.4), strict: the standard alphabet, full padding, no
// white space, no bits left over. Each text has one meaning and each meaning one text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::sasl {

/// Appends the base64 form of `bytes`.
void append_base64(std::string_view bytes, std::string& out);

/// The bytes; empty text is no bytes. Errors: kSyntax.
Result<std::string> decode_base64(std::string_view text);

}  // namespace restante::sasl
