#include "net/connection.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "base/limits.h"
#include "net/keepalive.h"
#include "net/proxy_header.h"

namespace restante::net {
namespace {

// The unread input that finish() drops in one call.
constexpr std::size_t kDrainBytes = 1U << 20;

IoResult from_errno() {
  const int number = errno;
  if (number == EAGAIN || number == EWOULDBLOCK) return IoResult(IoResult::kWantRead);
  // A reset is how some clients end a session; it is no fault of ours that a log would tell. --
  if (number == ECONNRESET || number == EPIPE) return IoResult(IoResult::kClosed);
  if (says_lost(number)) return IoResult(IoResult::kLost);
  return IoResult(IoResult::kFailed);
}

Error lost() { return Error(Errc::kClosed, "client lost: its TCP does not answer"); }

}  // namespace

Connection::Connection(Worker& worker, files::Descriptor socket, Endpoint peer,
                       std::size_t read_bytes)
    : worker_(worker),
      descriptor_(worker.context(), socket.release()),
      peer_(std::move(peer)),
      read_bytes_(read_bytes),
      place_(worker.enlist(*this)) {}

Connection::~Connection() {
  worker_.delist(place_);
  tls_.reset();  // Before the descriptor that it uses is closed.
  release_buffer();
}

Task<Status> Connection::fill() {
  RESTANTE_DCHECK(input_.empty());
  bool wants_more = false;  // TLS holds a part of a record: the rest is still on its way.
  for (;;) {
    // A full buffer makes more octets likely, so a read comes before the wait. Octets that OpenSSL
    // holds already make no descriptor readable. A client that never lets it wait is ended all the
    // same.
    const bool try_first =
        (more_likely_ || (tls_ && tls_->has_pending())) && end_ != End::kOperator;
    if (wants_more || !try_first) {
      release_buffer();  // An idle peer holds no buffer, and no more coroutines than it must.
      waiting_for_input_ = true;
      Status state = stopped(Direction::kRead);
      if (state) {
        const auto [failure] = co_await descriptor_.async_wait(Descriptor::wait_read, kUseTuple);
        state = waited(failure, Direction::kRead);
      }
      waiting_for_input_ = false;
      if (!state) co_return state;
    }
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(read_bytes_);
    const IoResult result = read_some();
    more_likely_ = result.kind == IoResult::kDone && result.bytes == read_bytes_;
    if (result.kind == IoResult::kDone) {
      used_bytes_ = std::max(used_bytes_, result.bytes);
      input_ = std::string_view(buffer_.get(), result.bytes);
      co_return ok();
    }
    if (result.kind == IoResult::kWantWrite) {
      const Status waited = co_await wait(Direction::kWrite);
      if (!waited) co_return waited;
    } else if (result.kind != IoResult::kWantRead) {
      co_return failed(result.kind);
    }
    wants_more = result.kind == IoResult::kWantRead;
  }
}

Task<Status> Connection::await_input() {
  waiting_for_input_ = true;
  const Status state = co_await wait(Direction::kRead);
  waiting_for_input_ = false;
  co_return state;
}

/// Wiped: it may have been a password.
void Connection::release_buffer() {
  if (buffer_) ::explicit_bzero(buffer_.get(), used_bytes_);
  buffer_.reset();
  used_bytes_ = 0;
}

Status Connection::send_now(std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const IoResult result = write_some(std::string_view(bytes).substr(sent));
    // The rest is left for send(): an answer that the kernel takes at once, as nearly all are,
    // needs no coroutine.
    if (result.kind == IoResult::kWantRead || result.kind == IoResult::kWantWrite) break;
    if (result.kind != IoResult::kDone) return failed(result.kind);
    sent += result.bytes;
  }
  bytes.erase(0, sent);
  return ok();
}

Task<Status> Connection::send(std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const IoResult result = write_some(std::string_view(bytes).substr(sent));
    if (result.kind == IoResult::kDone) {
      sent += result.bytes;
    } else if (result.kind == IoResult::kWantRead || result.kind == IoResult::kWantWrite) {
      // A deadline for each wait, not for all of them: a slow client that reads is served to the
      // end.
      expire_after(limits::kWriteTimeout);
      // OpenSSL may have to read before it can write: which of the two it is, it says each time.
      const Direction direction =
          result.kind == IoResult::kWantRead ? Direction::kRead : Direction::kWrite;
      const Status waited = co_await wait(direction);
      if (!waited) co_return waited;
    } else {
      co_return failed(result.kind);
    }
  }
  bytes.clear();
  co_return ok();
}

// Peeks, and then takes exactly what belongs to the header: what follows may be a TLS handshake,
// which OpenSSL reads from the socket itself.
Task<Status> Connection::read_proxy_header(ProxyHeaderReader& reader) {
  std::array<char, 512> peeked{};
  while (!reader.is_done()) {
    const int fd = descriptor_.native_handle();
    const ssize_t count = ::recv(fd, peeked.data(), peeked.size(), MSG_PEEK);
    if (count == 0) co_return Error(Errc::kClosed, "closed before a PROXY header");
    if (count > 0) {
      // What is no header ends the connection: its octets must never be taken for commands.
      const std::string_view bytes(peeked.data(), static_cast<std::size_t>(count));
      RESTANTE_CO_TRY(const std::size_t taken, reader.take(bytes));
      const ssize_t gone = ::recv(fd, peeked.data(), taken, 0);
      if (gone != static_cast<ssize_t>(taken)) co_return Error(Errc::kIo, "connection failed");
      continue;
    }
    const IoResult result = from_errno();
    if (result.kind != IoResult::kWantRead) co_return failed(result.kind);
    waiting_for_input_ = true;
    const Status waited = co_await wait(Direction::kRead);
    waiting_for_input_ = false;
    if (!waited) co_return waited;
  }
  if (reader.client()) peer_ = *reader.client();
  co_return ok();
}

Task<Status> Connection::pause(std::chrono::steady_clock::duration span) {
  Timer timer(worker_.context(), span);
  const auto end = timer.expiry();
  waiting_for_input_ = true;
  pausing_ = &timer;
  Status state = stopped(Direction::kRead);
  // A cancelled wait is not yet the end: the deadline may have moved meanwhile.
  while (state && std::chrono::steady_clock::now() < end) {
    const auto waited = co_await timer.async_wait(kUseTuple);
    static_cast<void>(waited);
    state = stopped(Direction::kRead);
  }
  pausing_ = nullptr;
  waiting_for_input_ = false;
  co_return state;
}

Task<Status> Connection::start_tls(std::shared_ptr<const TlsContext> context) {
  auto stream = TlsStream::accept(std::move(context), descriptor_.native_handle());
  if (!stream) co_return std::move(stream).error();
  tls_ = std::move(*stream);
  co_return co_await shake_hands();
}

Task<Status> Connection::start_client_tls(std::shared_ptr<TlsClientContext> context) {
  // An attacker could have put them there, and they would count as protected by TLS.
  if (!input_.empty()) co_return Error(Errc::kSyntax, "octets in the clear before TLS");
  auto stream = TlsStream::connect(std::move(context), descriptor_.native_handle());
  if (!stream) co_return std::move(stream).error();
  tls_ = std::move(*stream);
  co_return co_await shake_hands();
}

Task<Status> Connection::shake_hands() {
  // What is known of the octets in the clear says nothing about those inside TLS.
  more_likely_ = false;
  for (;;) {
    const IoResult result = tls_->handshake();
    if (result.kind == IoResult::kDone) co_return ok();
    if (result.kind == IoResult::kClosed) co_return Error(Errc::kClosed, "closed in TLS handshake");
    if (result.kind == IoResult::kLost) co_return failed(result.kind);
    if (result.kind == IoResult::kFailed)
      co_return Error(Errc::kSyntax, "TLS handshake: " + tls_->last_error());
    const Direction direction =
        result.kind == IoResult::kWantRead ? Direction::kRead : Direction::kWrite;
    const Status waited = co_await wait(direction);
    if (!waited) co_return waited;
  }
}

void Connection::end_output() {
  if (tls_) tls_->close_notify();
  // Only our half: the peer may still be reading, and an end of both would throw away what TCP has
  // not delivered yet.
  ::shutdown(descriptor_.native_handle(), SHUT_WR);
}

void Connection::finish() {
  end_output();
  // Closing a TCP socket with unread input resets it, and the peer may never see our last words.
  static_cast<void>(
      ::recv(descriptor_.native_handle(), nullptr, kDrainBytes, MSG_DONTWAIT | MSG_TRUNC));
}

Task<void> Connection::yield() { co_await asio::post(worker_.context(), kUseTask); }

void Connection::request_shutdown() {
  shutdown_requested_ = true;
  if (waiting_for_input_) wake();
}

void Connection::expire() {
  expired_ = true;
  wake();
}

void Connection::abort() {
  aborted_ = true;
  wake();
}

void Connection::end(End why) {
  end_ = why;
  wake();
}

void Connection::end_if_lost(std::chrono::seconds span) {
  // One end is enough: a takeover or an operator's word that came first is what its log line tells.
  if (end_ == End::kNone && is_lost(descriptor_.native_handle(), span)) end(End::kLost);
}

bool Connection::is_moving(std::chrono::seconds span) {
  int unread = 0;
  const int fd = descriptor_.native_handle();
  return (::ioctl(fd, FIONREAD, &unread) == 0 && unread > 0) || is_sending(fd, span);
}

void Connection::wake() {
  descriptor_.cancel();
  if (pausing_ != nullptr) pausing_->cancel();
}

Status Connection::stopped(Direction direction) const {
  if (aborted_) return Error(Errc::kClosed, "server is stopping");
  if (end_ == End::kLost) return lost();
  // Only while it waits for a command: an answer on its way is finished first.
  if (end_ == End::kTakeover && direction == Direction::kRead)
    return Error(Errc::kBusy, "taken over by a newer login");
  // In the middle of an answer nothing more can be said.
  if (end_ == End::kOperator)
    return Error(direction == Direction::kRead && waiting_for_input_ ? Errc::kBusy : Errc::kClosed,
                 "ended by the operator");
  // The deadline may have moved since it expired.
  if (expired_ && worker_.now() >= deadline()) return Error(Errc::kTimeout, "deadline passed");
  if (shutdown_requested_ && direction == Direction::kRead && waiting_for_input_)
    return Error(Errc::kState, "server is stopping");
  return ok();
}

Task<Status> Connection::wait(Direction direction) {
  const Status before = stopped(direction);
  if (!before) co_return before;
  const auto type = direction == Direction::kRead ? Descriptor::wait_read : Descriptor::wait_write;
  const auto [failure] = co_await descriptor_.async_wait(type, kUseTuple);
  co_return waited(failure, direction);
}

/// The result of a wait that has ended.
Status Connection::waited(boost::system::error_code failure, Direction direction) const {
  if (!failure) return ok();
  const Status after = stopped(direction);
  // Cancelled for a reason that has gone: an expiry that raced with progress. The caller tries
  // again.
  if (!after || failure == asio::error::operation_aborted) return after;
  return Error(Errc::kIo, failure.message());
}

/// What a read or a write that moved no bytes means.
Status Connection::failed(IoResult::Kind kind) {
  if (kind == IoResult::kClosed) return Error(Errc::kClosed, "connection closed by peer");
  if (kind != IoResult::kLost) return Error(Errc::kIo, "connection failed");
  end_ = End::kLost;
  return lost();
}

IoResult Connection::read_some() {
  const MutableBytes target = std::as_writable_bytes(std::span(buffer_.get(), read_bytes_));
  if (tls_) return tls_->read(target);
  const ssize_t count = ::recv(descriptor_.native_handle(), target.data(), target.size(), 0);
  if (count > 0) return IoResult(IoResult::kDone, static_cast<std::size_t>(count));
  if (count == 0) return IoResult(IoResult::kClosed);
  return from_errno();
}

IoResult Connection::write_some(std::string_view bytes) {
  if (tls_) return tls_->write(as_bytes(bytes));
  const ssize_t count =
      ::send(descriptor_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return IoResult(IoResult::kDone, static_cast<std::size_t>(count));
  const IoResult result = from_errno();
  // A full send buffer, too, is EAGAIN: the caller has to wait until there is room, not until there
  // is input.
  return result.kind == IoResult::kWantRead ? IoResult(IoResult::kWantWrite) : result;
}

}  // namespace restante::net
