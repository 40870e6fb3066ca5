// A socket for OpenSSL that raises no SIGPIPE: its own writes with write(2), which ends a program
// when the other end is gone.
#pragma once

#include <openssl/types.h>

namespace restante::net {

/// A new BIO on `socket`, which it does not own; null: out of memory.
BIO* make_socket_bio(int socket);

}  // namespace restante::net
