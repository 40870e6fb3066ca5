// The client's side of TLS for the load: one context for all, sessions kept for resumption. No
// certificate is verified: the server under test runs on this machine.
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace restante::load {

enum class TlsMode : std::uint8_t { kNone, kFull, kResumed };

class TlsClients {
 public:
  explicit TlsClients(TlsMode mode);
  ~TlsClients();
  TlsClients(const TlsClients&) = delete;
  TlsClients& operator=(const TlsClients&) = delete;

  /// A client's state on a connected socket, with an earlier session when there is one. Owned by
  /// the caller. Dies when memory is out.
  SSL* make(int socket);
  [[nodiscard]] TlsMode mode() const { return mode_; }

 private:
  static int keep(SSL* ssl, SSL_SESSION* session);

  TlsMode mode_;
  SSL_CTX* context_;
  SSL_SESSION* session_ = nullptr;
};

}  // namespace restante::load
