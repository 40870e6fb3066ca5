// TLS by OpenSSL 3 on a non-blocking socket: a context (certificates, what is allowed), shared by
// all connections and swapped whole on reload, and one stream for each connection.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/tls_version.h"
#include "dial/self_signed.h"
#include "net/tls_client.h"
#include "net/tls_settings.h"

namespace restante::net {

/// The outcome of one attempt to move bytes.
struct IoResult {
  enum Kind : std::uint8_t {
    kDone,       ///< `bytes` (at least 1) were moved.
    kWantRead,   ///< Try again when the socket is readable.
    kWantWrite,  ///< Try again when the socket is writable.
    kClosed,     ///< The peer ended it.
    kLost,       ///< The peer does not answer any more.
    kFailed,
  };
  explicit IoResult(Kind k, std::size_t n = 0) : kind(k), bytes(n) {}
  Kind kind;
  std::size_t bytes;
};

/// Immutable once loaded. Callable from any thread.
class TlsContext {
 public:
  /// Reads and checks all files: key and certificate must match.
  /// Errors: kIo, kSyntax (the detail names the file).
  static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// "not after" of the first certificate to end, for the log: "Nov 21 22:08:59 2027 GMT".
  [[nodiscard]] const std::string& expires() const { return expires_; }
  /// The same moment, and the file that this certificate is in.
  [[nodiscard]] WallTime not_after() const { return not_after_; }
  [[nodiscard]] const std::filesystem::path& soonest_file() const { return soonest_file_; }
  /// Of each certificate its file and its "not after", in the order of the configuration.
  struct End {
    std::filesystem::path file;
    WallTime not_after{};
  };
  [[nodiscard]] const std::vector<End>& ends() const { return ends_; }
  /// When the first list in client_crl ends; nullopt: there is no such file, or no list that ends.
  [[nodiscard]] const std::optional<WallTime>& crl_ends() const { return crl_ends_; }

 private:
  friend class TlsStream;
  TlsContext() = default;
  Status add(const CertificateFiles& files, const TlsSettings& settings);
  static int choose_by_name(ssl_st* ssl, int* alert, void* self);

  std::vector<std::shared_ptr<SSL_CTX>> contexts_;
  std::string expires_;
  WallTime not_after_{};
  std::filesystem::path soonest_file_;
  std::vector<End> ends_;
  std::optional<WallTime> crl_ends_;
};

/// One connection's TLS state. Used by one thread at a time.
class TlsStream {
 public:
  /// `socket` is not owned and outlives the stream. Errors: kLimit (out of memory).
  static Result<std::unique_ptr<TlsStream>> accept(std::shared_ptr<const TlsContext> context,
                                                   int socket);
  /// The client's side.
  static Result<std::unique_ptr<TlsStream>> connect(std::shared_ptr<TlsClientContext> context,
                                                    int socket);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  IoResult handshake();
  IoResult read(MutableBytes target);
  IoResult write(ByteView bytes);
  void close_notify();

  /// Bytes are here already, perhaps less than a record of them: reading may need no wait.
  [[nodiscard]] bool has_pending() const;
  /// "TLSv1.3", "TLS_AES_256_GCM_SHA384"; static storage.
  [[nodiscard]] const char* version() const;
  /// TLS 1.0 or 1.1.
  [[nodiscard]] bool is_old() const;
  [[nodiscard]] const char* cipher() const;
  [[nodiscard]] bool resumed() const;
  /// Channel bindings; empty where this connection has none of that kind that is safe: tls-exporter
  /// (RFC 9266) is for TLS 1.3, tls-unique (RFC 5929 s.3) for 1.2 with the extended master secret.
  [[nodiscard]] std::string exporter_binding() const;
  [[nodiscard]] std::string unique_binding() const;
  /// The names in the client's verified certificate: the addresses in its subjectAltName
  /// (rfc822Name), or where it has none the common names of its subject. Empty: no certificate, or
  /// no name.
  [[nodiscard]] std::vector<std::string> client_identities() const;
  /// Why the client's certificate names no user although it has the right signature: a list of
  /// revoked ones is missing or has ended. Empty: it has no such fault.
  [[nodiscard]] std::string certificate_in_doubt() const;
  /// The peer has not sent a single octet.
  [[nodiscard]] bool heard_nothing() const;
  /// Why the last operation failed, for the log.
  [[nodiscard]] std::string last_error() const { return last_error_; }

 private:
  explicit TlsStream(std::shared_ptr<const TlsContext> context) : context_(std::move(context)) {}
  explicit TlsStream(std::shared_ptr<TlsClientContext> context) : client_(std::move(context)) {}
  IoResult classify(int result);
  [[nodiscard]] std::string failure() const;

  std::shared_ptr<const TlsContext> context_;  // The name callback points into it.
  std::shared_ptr<TlsClientContext> client_;   // Instead, for the client's side.
  SSL* ssl_ = nullptr;
  std::string last_error_;
};

}  // namespace restante::net
