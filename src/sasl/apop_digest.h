// APOP (RFC 1939 s.7), client side: no SASL, but its kin. As weak as CRAM-MD5, and weaker still
// where a server may choose the timestamp freely: only what looks like one is digested.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::sasl {

/// The timestamp in a greeting, with its brackets; empty: there is none, and so no APOP.
std::string_view find_apop_timestamp(std::string_view greeting);

/// 32 lower-case hexadecimal digits. Errors: kSyntax (`timestamp` is not "<left@right>" in
/// printable ASCII), kState (this OpenSSL has no MD5).
Result<std::string> apop_digest(std::string_view timestamp, std::string_view password);

}  // namespace restante::sasl
