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

// A reader says itself when it has read enough (zygote.cc); one that was taken over does not.
constexpr unsigned kExchangesMax = 100;
constexpr std::chrono::seconds kWornAfter{3};
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

bool has_hung_up(int socket) {
  pollfd ended{socket, 0, 0};
  return ::poll(&ended, 1, 0) != 0;
}

/// A frame on its way.
class Outgoing {
 public:
  enum class State : std::uint8_t { kDone, kMore, kGone };

  /// `octets` are only pointed to.
  Outgoing(FrameKind kind, bool is_last, std::string_view octets, int file)
      : head_(head_of(kind, is_last, octets.size())), octets_(octets), file_(file) {}

  /// What fits. kMore: also of none, when MSG_DONTWAIT is among the flags.
  State send_some(int socket, int flags) {
    const std::string_view head(head_.data(), head_.size());
    const std::string_view head_left = head.substr(std::min(sent_, head.size()));
    const std::string_view left = octets_.substr(sent_ - std::min(sent_, head.size()));
    std::array<iovec, 2> pieces = {{{const_cast<char*>(head_left.data()), head_left.size()},
                                    {const_cast<char*>(left.data()), left.size()}}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    Control control;
    if (file_ >= 0 && sent_ == 0) attach(message, control);  // It goes with the first octet.
    const ssize_t count = ::sendmsg(socket, &message, MSG_NOSIGNAL | flags);
    if (count < 0)
      return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? State::kMore
                                                                       : State::kGone;
    sent_ += static_cast<std::size_t>(count);
    return sent_ == head.size() + octets_.size() ? State::kDone : State::kMore;
  }

 private:
  void attach(msghdr& message, Control& control) const {
    message.msg_control = control.octets.data();
    message.msg_controllen = control.octets.size();
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof file_);
    std::memcpy(CMSG_DATA(rights), &file_, sizeof file_);
  }

  const std::array<char, kHeadBytes> head_;
  const std::string_view octets_;
  const int file_;
  std::size_t sent_ = 0;
};

}  // namespace

bool send_frame(int socket, FrameKind kind, bool is_last, std::string_view octets, int file) {
  Outgoing outgoing(kind, is_last, octets, file);
  Outgoing::State state{};
  do {
    state = outgoing.send_some(socket, 0);
  } while (state == Outgoing::State::kMore);
  return state == Outgoing::State::kDone;
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
  if (!socket_.is_open()) return;  // Another one has it.
  // Its pidfd cannot mean another process. Where the kernel has none its number is its own for as
  // long as its end of the socket is open.
  if (process_.is_open())
    ::syscall(SYS_pidfd_send_signal, process_.number(), SIGKILL, nullptr, 0U);
  else if (id_ > 0 && !has_hung_up(socket_.number()))
    ::kill(id_, SIGKILL);
}

Line::Outcome Line::send(std::string_view request, const Descriptor& file,
                         const Patience& patience) {
  ++exchanges_;
  patience_ = patience;
  used_before_ = processor_time().value_or(std::chrono::nanoseconds(0));
  waited_ = {};
  piece_bytes_ = 0;
  Outgoing outgoing(FrameKind::kRequest, false, request, file.number());
  for (;;) {
    const Outgoing::State state = outgoing.send_some(socket_.number(), MSG_DONTWAIT);
    if (state == Outgoing::State::kDone) return Outcome::kFrame;
    if (state == Outgoing::State::kGone) return Outcome::kGone;
    // It may answer without reading.
    const Outcome outcome = wait(POLLOUT);
    if (outcome != Outcome::kFrame) return outcome;
  }
}

bool Line::is_quiet() const {
  pollfd ready{socket_.number(), POLLIN, 0};
  return ::poll(&ready, 1, 0) == 0;
}

bool Line::is_worn() const {
  return exchanges_ >= kExchangesMax || processor_time().value_or(kWornAfter) >= kWornAfter;
}

std::optional<std::chrono::nanoseconds> Line::processor_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(id_, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
    return std::nullopt;
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

Line::Outcome Line::wait(short event) {
  const Clock::time_point start = Clock::now();
  const std::chrono::nanoseconds waited_before = waited_;
  const auto times = static_cast<std::int64_t>(1 + piece_bytes_ / kPatientBytes);
  const std::chrono::nanoseconds processor_max = times * patience_.processor;
  const std::chrono::nanoseconds wall_max = times * patience_.wall;
  for (;;) {
    waited_ = waited_before + (Clock::now() - start);
    const auto now_used = processor_time();
    // Time that cannot be read is taken to be all used.
    const std::chrono::nanoseconds used = now_used ? *now_used - used_before_ : waited_;
    if (used >= processor_max) return Outcome::kTooLong;
    if (waited_ >= wall_max) return Outcome::kSilent;
    const auto left = std::min(processor_max - used, wall_max - waited_);
    pollfd ready{socket_.number(), event, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int count = ::poll(&ready, 1, static_cast<int>(milliseconds));
    if (count < 0 && errno != EINTR) return Outcome::kGone;
    if (count <= 0) continue;
    waited_ = waited_before + (Clock::now() - start);
    return Outcome::kFrame;
  }
}

Line::Outcome Line::receive(Frame& frame) {
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
      const Outcome outcome = wait(POLLIN);
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
  if (frame.kind == FrameKind::kPiece) piece_bytes_ += frame.octets.size();
  return Outcome::kFrame;
}

}  // namespace restante::archive
