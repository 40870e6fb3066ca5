// The client's end of TLS, by OpenSSL on a non-blocking socket: the server's identity is settled
// before an octet of ours goes over it.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dial/socket.h"
#include "dial/stream.h"

namespace restante::net {

/// Used by one thread at a time.
class ClientTlsStream {
 public:
  /// `socket` is not owned and outlives the stream. Errors: kAuth (the server's certificate; the
  /// detail says what to do), kIo (a file of ours, the handshake), kTimeout, kClosed, kState.
  static Result<std::unique_ptr<ClientTlsStream>> handshake(int socket, const ClientTls& settings,
                                                            const Patience& patience);
  ~ClientTlsStream();
  ClientTlsStream(const ClientTlsStream&) = delete;
  ClientTlsStream& operator=(const ClientTlsStream&) = delete;

  Result<std::size_t> read(MutableBytes target, const Patience& patience);
  Status write(std::string_view bytes, const Patience& patience);
  void close_notify();

  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string certificate_sha256() const;
  [[nodiscard]] std::string exporter_binding() const;
  [[nodiscard]] std::string unique_binding() const;

 private:
  ClientTlsStream(int socket, std::shared_ptr<SSL_CTX> context)
      : socket_(socket), context_(std::move(context)) {}
  Status prepare(const ClientTls& settings);
  Status run(const Patience& patience);
  Status check_pins(const ClientTls& settings) const;
  /// Waits for what the last call wants; an Error when it failed for good.
  Status after(int result, const Patience& patience);
  static int note_failure(int is_good, X509_STORE_CTX* verification);

  const int socket_;
  std::shared_ptr<SSL_CTX> context_;
  SSL* ssl_ = nullptr;
  bool after_stls_ = false;
  std::string server_name_;
  std::string refusal_;  ///< What is wrong with the certificate.
};

}  // namespace restante::net
