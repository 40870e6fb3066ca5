// How long a peer may take to send a command or a message. Every time-out is per wait as well; this
// keeps a peer that sends an octet a second from living for ever (RFC 5321 s.4.5.3.2 has the times
// that honest peers need). A command has one time-out in all; a message has one time-out and the
// time of its octets at the least rate. Only the peer's own time counts, not the disk's. Pure: the
// time is passed in.
#pragma once

#include <chrono>
#include <cstdint>

namespace restante::server {

class SmtpPatience {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Span = std::chrono::steady_clock::duration;

  /// `rate_min` is in octets a second; 0: a message has no time in all.
  SmtpPatience(Span timeout, std::uint64_t rate_min) : timeout_(timeout), rate_min_(rate_min) {}

  /// The command has been answered: the next one has its own time.
  void answered() { command_waits_ = Span::zero(); }

  /// A wait begins. How long it may be; zero: the time is over. `in_message`: for a message's
  /// octets, or for its next chunk.
  Span begin_wait(bool in_message, Moment now);
  /// The wait has ended with this many octets.
  void end_wait(std::uint64_t octets, Moment now);

 private:
  [[nodiscard]] Span message_time() const;

  Span timeout_;
  std::uint64_t rate_min_;
  bool in_message_ = false;
  std::uint64_t message_octets_ = 0;
  Span message_waits_{};
  Span command_waits_{};
  Moment wait_begun_{};
};

}  // namespace restante::server
