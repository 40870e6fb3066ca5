// The hashes that LDAP servers make of passwords (RFC 2307 s.5.3 and its successors): {SHA}, {SSHA}
// and the same over SHA-2, base64 of the digest and, after it, the salt. Cheap to try by the
// billion, so that nothing new is hashed with them; what a directory holds must verify.
#pragma once

#include <string_view>

#include "base/result.h"

namespace restante::accounts {

/// Whether `scheme` ("SSHA512", in any case) is one of these.
bool is_ldap_digest(std::string_view scheme);
/// ok() when `data` is of the right form for it. Errors: kSyntax.
Status check_ldap_digest(std::string_view scheme, std::string_view data);
/// ok() when this is the password. `data` must have been checked. Errors: kAuth, kIo.
Status verify_ldap_digest(std::string_view scheme, std::string_view data,
                          std::string_view password);

}  // namespace restante::accounts
