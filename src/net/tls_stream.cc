#include "net/tls_stream.h"

#include "dial/openssl.h"
#include "net/certificate_identity.h"
#include "net/keepalive.h"
#include "net/revocation.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace restante::net {
namespace {

std::string failure_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

/// A fault of the peer's certificate says more than the place in OpenSSL where it was found.
std::string reason_of_failure(const SSL* ssl) {
  std::string reason = failure_reason();
  const long verified = SSL_get_verify_result(ssl);
  if (verified == X509_V_OK) return reason;
  return std::string("client certificate: ") + X509_verify_cert_error_string(verified);
}

int clamp(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

Result<std::unique_ptr<TlsStream>> TlsStream::accept(std::shared_ptr<const TlsContext> context,
                                                     int socket) {
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(context)));
  stream->ssl_ = SSL_new(stream->context_->contexts_.front().get());
  if (stream->ssl_ == nullptr || SSL_set_fd(stream->ssl_, socket) != 1)
    return Error(Errc::kLimit, "TLS: " + failure_reason());
  SSL_set_accept_state(stream->ssl_);
  return stream;
}

Result<std::unique_ptr<TlsStream>> TlsStream::connect(std::shared_ptr<TlsClientContext> context,
                                                      int socket) {
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(context)));
  stream->ssl_ = stream->client_->make_stream();
  if (stream->ssl_ == nullptr || SSL_set_fd(stream->ssl_, socket) != 1)
    return Error(Errc::kLimit, "TLS: " + failure_reason());
  return stream;
}

TlsStream::~TlsStream() {
  // OpenSSL gives up the session of a connection that ends without close_notify, as TLS 1.0 asked
  // for. TLS 1.1 took that back, and old servers often end so.
  if (client_ && ssl_ != nullptr) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

IoResult TlsStream::handshake() {
  // SSL_get_error() reads both: an old error, even another connection's, would count as this one's.
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return classify(result);
  if (!client_) return IoResult(IoResult::kDone);
  // Here and not in OpenSSL's verification, which would refuse a self-signed certificate before its
  // pin is seen.
  const Status checked = client_->check(ssl_);
  if (checked) return IoResult(IoResult::kDone);
  last_error_ = checked.error().detail;
  return IoResult(IoResult::kFailed);
}

IoResult TlsStream::read(MutableBytes target) {
  ERR_clear_error();
  errno = 0;
  const int count = SSL_read(ssl_, target.data(), clamp(target.size()));
  if (count > 0) return IoResult(IoResult::kDone, static_cast<std::size_t>(count));
  return classify(count);
}

IoResult TlsStream::write(ByteView bytes) {
  ERR_clear_error();
  errno = 0;
  const int count = SSL_write(ssl_, bytes.data(), clamp(bytes.size()));
  if (count > 0) return IoResult(IoResult::kDone, static_cast<std::size_t>(count));
  return classify(count);
}

void TlsStream::close_notify() {
  // Within a handshake OpenSSL takes this for an error.
  if (SSL_is_init_finished(ssl_) == 0) return;
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(ssl_));  // We do not wait for the peer's.
  ERR_clear_error();
}

bool TlsStream::has_pending() const { return SSL_has_pending(ssl_) == 1; }
const char* TlsStream::version() const { return SSL_get_version(ssl_); }
bool TlsStream::is_old() const { return SSL_version(ssl_) < TLS1_2_VERSION; }
const char* TlsStream::cipher() const { return SSL_get_cipher_name(ssl_); }
bool TlsStream::resumed() const { return SSL_session_reused(ssl_) == 1; }

std::string TlsStream::exporter_binding() const { return exporter_binding_of(ssl_); }

// The first Finished message of the handshake: the client's in a full one, ours in a resumed one.
// Without the extended master secret another connection can have the same (RFC 9266 s.1).
std::string TlsStream::unique_binding() const {
  if (SSL_version(ssl_) != TLS1_2_VERSION || SSL_get_extms_support(ssl_) != 1) return {};
  std::array<char, EVP_MAX_MD_SIZE> data{};
  const std::size_t size = resumed() ? SSL_get_finished(ssl_, data.data(), data.size())
                                     : SSL_get_peer_finished(ssl_, data.data(), data.size());
  return {data.data(), std::min(size, data.size())};
}

std::vector<std::string> TlsStream::client_identities() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr || SSL_get_verify_result(ssl_) != X509_V_OK) return {};
  return identities_of(*certificate);
}

std::string TlsStream::certificate_in_doubt() const {
  const long verified = SSL_get_verify_result(ssl_);
  // A certificate that is in doubt names no user, but its owner is told why.
  if (SSL_get0_peer_certificate(ssl_) == nullptr || !is_only_doubt(static_cast<int>(verified)))
    return {};
  return std::string("client certificate: ") + X509_verify_cert_error_string(verified) +
         " (tls.client_crl)";
}

bool TlsStream::heard_nothing() const { return BIO_number_read(SSL_get_rbio(ssl_)) == 0; }

std::string TlsStream::failure() const {
  if (!client_) return reason_of_failure(ssl_);
  const std::string refusal = client_->refusal_of(ssl_);
  return refusal.empty() ? failure_reason() : refusal;
}

IoResult TlsStream::classify(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return IoResult(IoResult::kWantRead);
    case SSL_ERROR_WANT_WRITE: return IoResult(IoResult::kWantWrite);
    case SSL_ERROR_ZERO_RETURN: return IoResult(IoResult::kClosed);
    case SSL_ERROR_SYSCALL: return IoResult(says_lost(errno) ? IoResult::kLost : IoResult::kClosed);
    default: last_error_ = failure(); return IoResult(IoResult::kFailed);
  }
}

}  // namespace restante::net
