// Lists of revoked certificates (CRLs, RFC 5280 s.5), for clients' certificates.
//
// Weak: OpenSSL looks at the lists when it verifies a certificate. A resumed TLS session is not
// verified again: it is trusted for kResumptionTime more. A file that was read anew ends all such
// sessions.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace restante::net {

/// How long a TLS session may be resumed where revocation counts.
inline constexpr auto kResumptionTime = std::chrono::minutes(5);

/// From now on every certificate in a client's chain is looked up in the lists of `file` (PEM; one
/// of each authority). One that is revoked fails the handshake. Where its list is missing or has
/// ended, the handshake goes on and SSL_get_verify_result() says so. When the first of the lists
/// ends; nullopt: none does. Errors: kSyntax (the detail names the file).
Result<std::optional<WallTime>> check_revocation(SSL_CTX* context,
                                                 const std::filesystem::path& file);

/// Whether this result of a verification is only doubt: a list of revoked certificates is missing
/// or has ended.
bool is_only_doubt(int result);

}  // namespace restante::net
