#include "server/logging/datagram_sink.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace restante::server {
namespace {

constexpr std::chrono::milliseconds kOneWait{10};
constexpr std::chrono::milliseconds kWaitEachSecond{50};

}  // namespace

DatagramSink::DatagramSink(std::string path, Encode encode)
    : path_(std::move(path)),
      encode_(std::move(encode)),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const timeval one_wait{0, std::chrono::microseconds(kOneWait).count()};
  // Without it nothing may wait.
  if (::setsockopt(socket_.number(), SOL_SOCKET, SO_SNDTIMEO, &one_wait, sizeof one_wait) != 0)
    socket_.reset();
}

std::uint64_t DatagramSink::lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

/// By its path each time: a receiver that was started anew has another socket there.
bool DatagramSink::send_by(std::string_view datagram, int flags) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path || !socket_.is_open()) {
    errno = ENOENT;
    return false;
  }
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const ssize_t sent =
      ::sendto(socket_.number(), datagram.data(), datagram.size(), flags | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sent == static_cast<ssize_t>(datagram.size());
}

bool DatagramSink::may_wait(std::chrono::steady_clock::time_point now) {
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    waited_ = {};
  }
  return waited_ < kWaitEachSecond;
}

bool DatagramSink::send(std::string_view datagram) {
  if (send_by(datagram, MSG_DONTWAIT)) return true;
  const bool is_full = errno == EAGAIN || errno == ENOBUFS;
  const auto now = std::chrono::steady_clock::now();
  if (!is_full || !may_wait(now)) return false;
  const bool sent = send_by(datagram, 0);
  waited_ += std::chrono::steady_clock::now() - now;
  return sent;
}

std::string DatagramSink::encoded(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t shown;
  formatter_->format(message, shown);
  return encode_(message.level, std::string_view(message.payload.data(), message.payload.size()),
                 std::string_view(shown.data(), shown.size()));
}

bool DatagramSink::tell_losses(const spdlog::details::log_msg& like) {
  const std::string text =
      fmt::format("log: lines were lost, for their receiver took none lost={}", lost_);
  spdlog::details::log_msg message = like;
  message.level = spdlog::level::warn;
  message.payload = text;
  if (!send(encoded(message))) return false;
  lost_ = 0;
  return true;
}

void DatagramSink::sink_it_(const spdlog::details::log_msg& message) {
  const bool is_open = lost_ == 0 || tell_losses(message);
  if (!is_open || !send(encoded(message))) ++lost_;
}

}  // namespace restante::server
