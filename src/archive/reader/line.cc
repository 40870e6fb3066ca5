#include "archive/reader/line.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace restante::archive {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeadBytes = 8;  // One of kind and flag, seven of length.

std::array<char, kHeadBytes> head_of(FrameKind kind, bool is_last, std::size_t bytes) {
  const std::uint64_t head = static_cast<std::uint64_t>(bytes) << 8U |
                             static_cast<std::uint64_t>(kind) << 1U | (is_last ? 1U : 0U);
  std::array<char, kHeadBytes> octets{};
  std::memcpy(octets.data(), &head, kHeadBytes);
  return octets;
}

/// Puts kind and flag into the frame; nothing: no such frame is sent.
std::optional<std::size_t> take_head(const std::array<char, kHeadBytes>& octets, Frame& frame) {
  std::uint64_t head = 0;
  std::memcpy(&head, octets.data(), kHeadBytes);
  const std::uint64_t kind = (head & 0xFFU) >> 1U;
  const std::uint64_t bytes = head >> 8U;
  if (kind > static_cast<std::uint64_t>(FrameKind::kPdf) || bytes > kFrameBytesMax)
    return std::nullopt;
  frame.kind = static_cast<FrameKind>(kind);
  frame.is_last = (head & 1U) != 0;
  return static_cast<std::size_t>(bytes);
}

/// What a control message with one descriptor needs.
struct alignas(cmsghdr) Control {
  std::array<char, CMSG_SPACE(sizeof(int))> octets{};
};

Descriptor file_in(msghdr& message) {
  cmsghdr* const control = CMSG_FIRSTHDR(&message);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS ||
      control->cmsg_len < CMSG_LEN(sizeof(int)))
    return {};
  int number = -1;
  std::memcpy(&number, CMSG_DATA(control), sizeof number);
  return Descriptor(number);
}

/// All of them, blocking. False: the other end is gone.
bool receive_all(int socket, char* to, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t count = ::recv(socket, to, bytes, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    bytes -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

bool send_frame(int socket, FrameKind kind, bool is_last, std::string_view octets, int file) {
  auto head = head_of(kind, is_last, octets.size());
  std::array<iovec, 2> pieces = {
      {{head.data(), head.size()}, {const_cast<char*>(octets.data()), octets.size()}}};
  Control control;
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  if (file >= 0) {
    message.msg_control = control.octets.data();
    message.msg_controllen = control.octets.size();
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof file);
    std::memcpy(CMSG_DATA(rights), &file, sizeof file);
  }
  while (pieces[0].iov_len + pieces[1].iov_len > 0) {
    const ssize_t count = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    auto sent = static_cast<std::size_t>(count);
    for (iovec& piece : pieces) {
      const std::size_t part = std::min(sent, piece.iov_len);
      piece.iov_base = static_cast<char*>(piece.iov_base) + part;
      piece.iov_len -= part;
      sent -= part;
    }
    message.msg_control = nullptr;  // It has gone with the first octet.
    message.msg_controllen = 0;
  }
  return true;
}

std::optional<Frame> receive_frame(int socket) {
  Frame frame;
  std::array<char, kHeadBytes> head{};
  iovec piece{head.data(), head.size()};
  Control control;
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.octets.data();
  message.msg_controllen = control.octets.size();
  ssize_t count = 0;
  do {
    count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return std::nullopt;
  frame.file = file_in(message);
  const auto got = static_cast<std::size_t>(count);
  if (!receive_all(socket, head.data() + got, head.size() - got)) return std::nullopt;
  const auto bytes = take_head(head, frame);
  if (!bytes) return std::nullopt;
  frame.octets.resize(*bytes);
  if (!receive_all(socket, frame.octets.data(), *bytes)) return std::nullopt;
  return frame;
}

Line::~Line() {
  // By its pidfd, which cannot mean another process; without one its end of the socket tells it.
  if (process_.is_open()) ::syscall(SYS_pidfd_send_signal, process_.number(), SIGKILL, nullptr, 0U);
}

bool Line::send(std::string_view request, const Descriptor& file) {
  return send_frame(socket_.number(), FrameKind::kRequest, false, request, file.number());
}

std::optional<std::chrono::nanoseconds> Line::processor_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(id_, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
    return std::nullopt;
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// Until there is something to read.
Line::Outcome Line::wait(Clock::time_point start, std::chrono::nanoseconds used_before,
                         const Patience& patience) const {
  for (;;) {
    const auto waited = Clock::now() - start;
    const auto now_used = processor_time();
    // What nobody can say is taken to be all of it.
    const std::chrono::nanoseconds used = now_used ? *now_used - used_before : waited;
    if (used >= patience.processor) return Outcome::kTooLong;
    if (waited >= patience.wall) return Outcome::kSilent;
    const auto left =
        std::min<std::chrono::nanoseconds>(patience.processor - used, patience.wall - waited);
    pollfd ready{socket_.number(), POLLIN, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int count = ::poll(&ready, 1, static_cast<int>(milliseconds));
    if (count > 0) return Outcome::kFrame;
    if (count < 0 && errno != EINTR) return Outcome::kGone;
  }
}

Line::Outcome Line::receive(Frame& frame, const Patience& patience) {
  const Clock::time_point start = Clock::now();
  const auto used_before = processor_time().value_or(std::chrono::nanoseconds(0));
  std::array<char, kHeadBytes> head{};
  std::size_t wanted = head.size();
  std::size_t got = 0;
  bool has_head = false;
  while (got < wanted) {
    char* const to = has_head ? frame.octets.data() : head.data();
    const ssize_t count = ::recv(socket_.number(), to + got, wanted - got, MSG_DONTWAIT);
    if (count == 0) return Outcome::kGone;
    if (count < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return Outcome::kGone;
      const Outcome outcome = wait(start, used_before, patience);
      if (outcome != Outcome::kFrame) return outcome;
      continue;
    }
    got += static_cast<std::size_t>(count);
    if (has_head || got < wanted) continue;
    const auto bytes = take_head(head, frame);
    if (!bytes) return Outcome::kNonsense;
    has_head = true;
    got = 0;
    wanted = *bytes;
    frame.octets.resize(wanted);
  }
  return Outcome::kFrame;
}

}  // namespace restante::archive
