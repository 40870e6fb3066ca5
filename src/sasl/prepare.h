// SASLprep (RFC 4013): names and passwords that look the same become the same octets, from every
// keyboard and normal form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::sasl {

/// NFKC, spaces as U+0020, invisible characters dropped; ASCII comes back as it is. Characters that
/// came after Unicode 3.2 are let through as they are (RFC 4013 s.2.5 allows that in queries; in
/// what is stored we allow it too, or no emoji could be in a password). Applying it twice changes
/// nothing. Errors: kSyntax (invalid UTF-8, characters that SASLprep prohibits, mixed directions,
/// no one normal form, nothing left), kLimit (longer than SASL lines can be).
Result<std::string> prepare(std::string_view text);

}  // namespace restante::sasl
