// OpenSSL as both sides of TLS use it: the client's stream here, and the server's in net.
#pragma once

#include <openssl/types.h>

#include <string>

#include "base/tls_version.h"

namespace restante::net {

/// Why the last call of this thread failed. Empties the queue of errors, which belongs to the
/// thread: what stays in it would be taken for the next call's reason.
std::string openssl_reason();

int to_openssl(TlsVersion version);

/// What a SCRAM login is bound to in TLS 1.3 (RFC 9266 s.2); empty in older versions.
std::string exporter_binding_of(SSL* ssl);

}  // namespace restante::net
