// A client's connection, blocking: connect (several addresses, a proxy), TLS, read, write. Every
// wait ends at a deadline or when the StopSignal is raised. It knows no protocol above it.
//
// Errors of all functions: kTimeout, kClosed (the server ended the connection), kIo (the network,
// the proxy or the TLS library failed), kAuth (the server's certificate: the detail says what to
// do), kState (stop was raised, or the call is out of place), kNotFound (no such host). After an
// Error the stream is of no more use.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "base/tls_version.h"
#include "dial/stop_signal.h"
#include "files/descriptor.h"

namespace restante::net {

class ClientTlsStream;

struct ClientProxy {
  enum class Kind : std::uint8_t { kSocks5, kHttp };
  Kind kind = Kind::kSocks5;
  std::string host;
  std::uint16_t port = 1080;
  std::string user;  ///< Empty: without a login.
  SecretString password;
};

struct ClientTarget {
  std::string host;  ///< A name, "192.0.2.1" or "2001:db8::1". A proxy looks the name up itself.
  std::uint16_t port = 0;
  /// For all of it: the look-up, every address, the proxy.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
  std::optional<ClientProxy> proxy;
  /// As peer() says them: addresses that are not tried. Not with a proxy.
  std::vector<std::string> passed_over;
};

/// TLS 1.2 or later, unless an account says less; the chain and the name are checked, and nothing
/// here turns that off.
struct ClientTls {
  std::string server_name;        ///< Sent as SNI, and to be in the certificate. Or an IP address.
  std::filesystem::path ca_file;  ///< PEM; instead of the system's authorities. Empty: those.
  /// Not null: these instead, read before, for a process that can read no file any more.
  std::shared_ptr<X509_STORE> authorities{};
  /// SHA-256 of the whole certificate (DER), 64 hexadecimal digits, colons allowed. Where there are
  /// any, one of them must match, and then chain, name and dates are not asked for.
  std::vector<std::string> pins;
  std::filesystem::path certificate;         ///< Ours, PEM, with its chain. Empty: none.
  std::filesystem::path private_key;         ///< Empty: it is in `certificate`.
  TlsVersion min_version = TlsVersion::k12;  ///< Below 1.2: with the weak ciphers that it takes.
  bool after_stls = false;                   ///< The server has agreed to begin; for messages.
};

/// Used by one thread at a time.
class ClientStream {
 public:
  /// Tries IPv6 and IPv4 in turns and takes the first to answer (RFC 8305 s.5), 16 addresses at
  /// most. `stop` outlives the stream.
  static Result<std::unique_ptr<ClientStream>> connect(const ClientTarget& target,
                                                       const StopSignal& stop);
  /// A stream over a socket that is connected already.
  static std::unique_ptr<ClientStream> adopt(files::Descriptor socket, const StopSignal& stop);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  /// Octets that came in clear and were not read yet make it fail (kAuth): an attacker between us
  /// may have put them there (RFC 2595 s.4). The whole handshake has the time of one wait.
  Status start_tls(const ClientTls& settings);
  /// At least one octet, 64 KiB at most; valid until the next call.
  Result<std::string_view> read();
  /// All of it.
  Status write(std::string_view bytes);
  /// How long one read() or write() may take; 60 seconds to begin with.
  void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }
  /// Says goodbye to TLS and closes, without waiting.
  void close();

  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  /// The server is on this machine, and no proxy is between us.
  [[nodiscard]] bool is_loopback() const { return is_loopback_; }
  /// "192.0.2.1:995", or with a proxy its address: for messages.
  [[nodiscard]] const std::string& peer() const { return peer_; }
  /// "TLSv1.3"; empty without TLS.
  [[nodiscard]] std::string tls_version() const;
  /// Of the server's certificate, 64 lower-case hexadecimal digits; empty without TLS.
  [[nodiscard]] std::string certificate_sha256() const;
  /// Channel bindings; empty where the connection has none of that kind that is safe: tls-exporter
  /// (RFC 9266) is for TLS 1.3, tls-unique (RFC 5929 s.3) for 1.2 with the extended master secret.
  [[nodiscard]] std::string exporter_binding() const;
  [[nodiscard]] std::string unique_binding() const;

 private:
  ClientStream(files::Descriptor socket, const StopSignal& stop);

  files::Descriptor socket_;
  const StopSignal& stop_;
  std::chrono::milliseconds timeout_ = std::chrono::seconds(60);
  std::unique_ptr<ClientTlsStream> tls_;
  std::vector<char> buffer_;
  std::string peer_;
  bool is_loopback_ = false;
};

}  // namespace restante::net
