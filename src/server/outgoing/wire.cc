#include "server/outgoing/wire.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/limits.h"

namespace restante::server {
namespace {

struct QuestionBytes {
  std::uint64_t number = 0;
  std::uint32_t milliseconds = 0;
  std::uint16_t port = 0;
  std::uint16_t host_bytes = 0;
  // Fixed sizes: nothing of what the other process sends decides how much is read.
  std::array<char, limits::kDomainBytesMax> host{};
};

struct AnswerBytes {
  std::uint64_t number = 0;
  std::uint32_t failed = 0;
  std::uint16_t code = 0;  // An Errc.
  std::uint16_t detail_bytes = 0;
  std::array<char, 400> detail{};
};

constexpr auto kLastErrc = static_cast<std::uint16_t>(Errc::kFull);

union Control {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

msghdr message_of(iovec& part, Control& control) {
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  return message;
}

files::Descriptor descriptor_in(msghdr& message) {
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  // More than one descriptor is none of its answers; the kernel has closed what did not fit.
  if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof(int)))
    return files::Descriptor();
  int number = -1;
  std::memcpy(&number, CMSG_DATA(header), sizeof number);
  return files::Descriptor(number);
}

template <typename Call>
ssize_t again_if_interrupted(Call call) {
  ssize_t count = 0;
  do count = call();
  while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace

bool send_question(int channel, const OutgoingQuestion& question) {
  QuestionBytes bytes;
  const std::string& host = question.place.host;
  // Cut off, it would be another host's name.
  if (host.size() > bytes.host.size()) return false;
  bytes.number = question.number;
  bytes.milliseconds =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(question.span.count(), 0, 1 << 30));
  bytes.port = question.place.port;
  bytes.host_bytes = static_cast<std::uint16_t>(host.size());
  std::copy(host.begin(), host.end(), bytes.host.begin());
  return again_if_interrupted([&] {
           return ::send(channel, &bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
         }) == static_cast<ssize_t>(sizeof bytes);
}

std::optional<OutgoingQuestion> receive_question(int channel) {
  for (;;) {
    QuestionBytes bytes;
    const ssize_t count =
        again_if_interrupted([&] { return ::recv(channel, &bytes, sizeof bytes, 0); });
    // The server has closed its end.
    if (count <= 0) return std::nullopt;
    // A packet of another size is none of ours, and nothing may be read into it.
    if (count != static_cast<ssize_t>(sizeof bytes) || bytes.host_bytes > bytes.host.size())
      continue;
    OutgoingQuestion question;
    question.number = bytes.number;
    question.place = {std::string(bytes.host.data(), bytes.host_bytes), bytes.port};
    question.span = std::chrono::milliseconds(bytes.milliseconds);
    return question;
  }
}

void send_answer(int channel, const OutgoingAnswer& answer) {
  AnswerBytes bytes;
  bytes.number = answer.number;
  bytes.failed = answer.socket ? 0 : 1;
  if (!answer.socket) {
    const Error& error = answer.socket.error();
    bytes.code = static_cast<std::uint16_t>(error.code);
    const std::size_t size = std::min(error.detail.size(), bytes.detail.size());
    std::copy_n(error.detail.begin(), size, bytes.detail.begin());
    bytes.detail_bytes = static_cast<std::uint16_t>(size);
  }
  iovec part{&bytes, sizeof bytes};
  Control control{};
  msghdr message = message_of(part, control);
  if (answer.socket) {
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    const int number = answer.socket->number();
    std::memcpy(CMSG_DATA(&control.header), &number, sizeof number);
  } else {
    message.msg_control = nullptr;
    message.msg_controllen = 0;
  }
  static_cast<void>(
      again_if_interrupted([&] { return ::sendmsg(channel, &message, MSG_NOSIGNAL); }));
}

Result<OutgoingAnswer> receive_answer(int channel) {
  AnswerBytes bytes;
  iovec part{&bytes, sizeof bytes};
  Control control{};
  msghdr message = message_of(part, control);
  // MSG_DONTWAIT: the caller waits at the socket, with its own deadline.
  const ssize_t count = again_if_interrupted(
      // CLOEXEC: a program that is started meanwhile must not get the connection.
      [&] { return ::recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Error(Errc::kBusy, "");
  if (count <= 0) return Error(Errc::kClosed, "the outgoing process has ended");
  files::Descriptor socket = descriptor_in(message);
  // The other process talks to strangers: its answers are checked like theirs.
  if (count != static_cast<ssize_t>(sizeof bytes) || bytes.code > kLastErrc ||
      bytes.detail_bytes > bytes.detail.size() || (bytes.failed == 0 && !socket.is_open()))
    return Error(Errc::kSyntax, "not an answer of the outgoing process");
  OutgoingAnswer answer{bytes.number, std::move(socket)};
  if (bytes.failed != 0)
    answer.socket =
        Error(static_cast<Errc>(bytes.code), std::string(bytes.detail.data(), bytes.detail_bytes));
  return answer;
}

}  // namespace restante::server
