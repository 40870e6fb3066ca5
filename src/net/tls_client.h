// A client's side of TLS on the event loop: the authorities of the server's certificate, the name
// that it must have or the certificate that it must be, and the sessions that the server gave us,
// so that the next handshake is a short one. Read once; then it needs no file.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_session_st;

namespace restante::net {

struct TlsClientSettings {
  std::string server_name;        ///< Sent as SNI, and to be in the certificate. Or an IP address.
  std::filesystem::path ca_file;  ///< PEM, instead of the system's authorities. Empty: those.
  /// SHA-256 of whole certificates, 64 hexadecimal digits. Where there are any, one of them must
  /// match, and then chain, name and dates are not asked for.
  std::vector<std::string> pins;
};

/// Callable from any thread.
class TlsClientContext {
 public:
  /// Errors: kIo, kSyntax (a file that is of no use, a name that can be in no certificate).
  static Result<std::shared_ptr<TlsClientContext>> load(const TlsClientSettings& settings);
  ~TlsClientContext();
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;

  [[nodiscard]] const TlsClientSettings& settings() const { return settings_; }
  /// Those that were read, for a stream of another kind (dial/stream.h).
  [[nodiscard]] std::shared_ptr<X509_STORE> authorities() const;

 private:
  friend class TlsStream;
  explicit TlsClientContext(TlsClientSettings settings) : settings_(std::move(settings)) {}

  Status prepare();
  /// A stream's, with the last session that was given; null: out of memory.
  [[nodiscard]] SSL* make_stream();
  /// After a handshake. Errors: kAuth: it is not the server that it should be.
  [[nodiscard]] Status check(const SSL* ssl) const;
  /// Why a handshake failed, as far as it is the certificate's; else empty.
  [[nodiscard]] std::string refusal_of(const SSL* ssl) const;
  static int keep_session(SSL* ssl, ssl_session_st* session);

  const TlsClientSettings settings_;
  std::shared_ptr<SSL_CTX> context_;
  bool by_name_ = true;
  std::mutex mutex_;                       ///< Guards what follows.
  std::vector<ssl_session_st*> sessions_;  ///< The last ones.
};

}  // namespace restante::net
