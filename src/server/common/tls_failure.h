// The meaning of a failed TLS handshake for an operator: OpenSSL names the place in the protocol
// where it stopped, not the remedy.
#pragma once

#include <string>

#include "base/result.h"

namespace restante::server {

/// The error's words, and in brackets their meaning where that is known.
std::string tls_failure_text(const Error& error);

}  // namespace restante::server
