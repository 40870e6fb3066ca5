#include "server/logging/datagram_sink.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

namespace restante::server {

DatagramSink::DatagramSink(std::string path, Encode encode)
    : path_(std::move(path)),
      encode_(std::move(encode)),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}

std::uint64_t DatagramSink::lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

/// By its path each time: a receiver that was started anew has another socket there.
bool DatagramSink::send(std::string_view datagram) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path || !socket_.is_open()) return false;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const ssize_t sent =
      ::sendto(socket_.number(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sent == static_cast<ssize_t>(datagram.size());
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
