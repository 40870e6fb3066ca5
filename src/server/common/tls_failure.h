// What a failed TLS handshake means to an operator: OpenSSL names where in the protocol it stopped,
// not what to do.
#pragma once

#include <string>

#include "base/result.h"

namespace restante::server {

/// The error's words, and in brackets what they mean where that is known.
std::string tls_failure_text(const Error& error);

}  // namespace restante::server
