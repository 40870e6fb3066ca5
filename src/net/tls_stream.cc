#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <limits>

namespace restante::net {
namespace {

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
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
    return Error(Errc::kLimit, "TLS: " + openssl_reason());
  SSL_set_accept_state(stream->ssl_);
  return stream;
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

IoResult TlsStream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  return result == 1 ? IoResult(IoResult::kDone) : classify(result);
}

IoResult TlsStream::read(MutableBytes target) {
  ERR_clear_error();
  const int count = SSL_read(ssl_, target.data(), clamp(target.size()));
  if (count > 0) return IoResult(IoResult::kDone, static_cast<std::size_t>(count));
  return classify(count);
}

IoResult TlsStream::write(ByteView bytes) {
  ERR_clear_error();
  const int count = SSL_write(ssl_, bytes.data(), clamp(bytes.size()));
  if (count > 0) return IoResult(IoResult::kDone, static_cast<std::size_t>(count));
  return classify(count);
}

void TlsStream::close_notify() {
  if (SSL_is_init_finished(ssl_) == 0) return;
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(ssl_));  // We do not wait for the peer's.
  ERR_clear_error();
}

bool TlsStream::has_pending() const { return SSL_pending(ssl_) > 0; }
const char* TlsStream::version() const { return SSL_get_version(ssl_); }
const char* TlsStream::cipher() const { return SSL_get_cipher_name(ssl_); }
bool TlsStream::resumed() const { return SSL_session_reused(ssl_) == 1; }

IoResult TlsStream::classify(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return IoResult(IoResult::kWantRead);
    case SSL_ERROR_WANT_WRITE: return IoResult(IoResult::kWantWrite);
    case SSL_ERROR_ZERO_RETURN:
    case SSL_ERROR_SYSCALL: return IoResult(IoResult::kClosed);
    default: last_error_ = openssl_reason(); return IoResult(IoResult::kFailed);
  }
}

}  // namespace restante::net
