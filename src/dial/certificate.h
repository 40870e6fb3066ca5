// A server's certificate as a user of the client has to do with it: its SHA-256 for a pin, and what
// to do when it is not trusted.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>

namespace restante::net {

/// Of the whole certificate (DER): 64 lower-case hexadecimal digits.
std::string sha256_of(const X509& certificate);
/// `pin` says the same, in any case, with or without colons.
bool same_pin(std::string_view pin, std::string_view sha256);
/// What OpenSSL's verification error `code` means and what helps. One line; names from the
/// certificate are made printable.
std::string explain_refusal(int code, const X509& certificate, std::string_view server_name);

}  // namespace restante::net
