// The user that a certificate names, for a login by it (EXTERNAL). Trust was checked before, in the
// handshake.
#pragma once

#include <openssl/types.h>

#include <string>
#include <vector>

namespace restante::net {

/// The rfc822Names of its subjectAltName, in order; where there are none, the common names of its
/// subject (RFC 5280 s.4.2.1.6). Names with control characters or a NUL in them, and names that are
/// not text, are left out.
std::vector<std::string> identities_of(const X509& certificate);

}  // namespace restante::net
