#include "load/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace restante::load {
namespace {

/// 127.1.x.y in turn, so that a server that counts by address sees many.
void bind_source(int socket, const Target& target) {
  if (target.sources <= 1 || target.address.get()->sa_family != AF_INET) return;
  static std::atomic<std::uint32_t> turn{0};
  const int on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(0x7f010001U + turn++ % target.sources);
  // When it cannot be had, the connection comes from where the system says.
  (void)::bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof source);
}

}  // namespace

Connection::Connection(const Target& target, TlsClients& tls, const Script& script,
                       TimePoint intended)
    : tls_(tls), script_(script), intended_(intended), step_began_(intended) {
  socket_ =
      ::socket(target.address.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) {
    fail(std::string("socket: ") + std::strerror(errno));
    return;
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bind_source(socket_, target);
  if (::connect(socket_, target.address.get(), target.address.length) != 0 && errno != EINPROGRESS)
    fail(std::string("connect: ") + std::strerror(errno));
  current_ = script_.steps.data();
  checker_.expect(current_->replies.front());
}

Connection::~Connection() {
  // OpenSSL resumes no session that ended without a shutdown.
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
  if (socket_ >= 0) ::close(socket_);
}

bool Connection::fail(std::string why) {
  complaint_ = std::move(why);
  state_ = State::kFailed;
  return false;
}

bool Connection::move() {
  if (!connected_) return connect_on();
  if (tls_.mode() != TlsMode::kNone && !shaken_) return handshake_on();
  return sent_ < to_send_.size() ? send_on() : receive_on();
}

bool Connection::connect_on() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(std::string("connect: ") + std::strerror(error));
  tcp_info info{};
  size = sizeof info;
  if (::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
      info.tcpi_state != TCP_ESTABLISHED && info.tcpi_state != TCP_CLOSE_WAIT)
    return false;
  connected_ = true;
  wants_to_write_ = false;
  if (tls_.mode() != TlsMode::kNone) ssl_ = tls_.make(socket_);
  return true;
}

bool Connection::handshake_on() {
  const int result = SSL_do_handshake(ssl_);
  shaken_ = result == 1;
  return shaken_ || judge(result, "TLS handshake");
}

bool Connection::judge(int result, const char* what) {
  wants_to_write_ = false;
  if (ssl_ != nullptr) {
    const int error = SSL_get_error(ssl_, result);
    wants_to_write_ = error == SSL_ERROR_WANT_WRITE;
    if (wants_to_write_ || error == SSL_ERROR_WANT_READ) return false;
  } else if (result < 0 && (errno == EAGAIN || errno == EINTR)) {
    return false;
  }
  return fail(std::string(what) + ": " +
              (result == 0 ? "the server ended it" : std::strerror(errno)));
}

bool Connection::send_on() {
  const char* const data = to_send_.data() + sent_;
  const std::size_t left = to_send_.size() - sent_;
  const auto result = ssl_ != nullptr ? SSL_write(ssl_, data, static_cast<int>(left))
                                      : ::send(socket_, data, left, MSG_NOSIGNAL);
  if (result <= 0) {
    const bool moved = judge(static_cast<int>(result), "send");
    wants_to_write_ = ssl_ == nullptr || wants_to_write_;
    return moved;
  }
  wants_to_write_ = false;
  sent_ += static_cast<std::size_t>(result);
  return true;
}

bool Connection::receive_on() {
  static thread_local std::array<char, std::size_t{256} * 1024> buffer;
  const auto result = ssl_ != nullptr
                          ? SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()))
                          : ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (result <= 0) return judge(static_cast<int>(result), "receive");
  std::string_view input(buffer.data(), static_cast<std::size_t>(result));
  const Step& step = *current_;
  while (!input.empty()) {
    if (reply_ == step.replies.size()) return fail("more octets than replies");
    const auto outcome = checker_.feed(input);
    if (outcome == ReplyChecker::Outcome::kWrong) return fail(checker_.complaint());
    if (outcome == ReplyChecker::Outcome::kMore) continue;
    if (++reply_ < step.replies.size()) checker_.expect(step.replies[reply_]);
  }
  step_done_ = reply_ == step.replies.size();
  return true;
}

bool Connection::next_step() {
  if (current_->text.starts_with("STAT")) messages_ = checker_.count_in_status();
  while (++step_ < script_.steps.size()) {
    current_ = &script_.steps[step_];
    if (!current_->for_each_message) return true;
    if (messages_ == 0) continue;
    expanded_ = expand(*current_, messages_);
    current_ = &expanded_;
    return true;
  }
  return false;
}

void Connection::begin_step() {
  reply_ = 0;
  if (!next_step()) {
    state_ = script_.holds ? State::kHolds : State::kDone;
    return;
  }
  checker_.expect(current_->replies.front());
  to_send_ = fill_in(current_->text, *accounts_, index_);
  sent_ = 0;
  step_began_ = std::chrono::steady_clock::now();
}

}  // namespace restante::load
