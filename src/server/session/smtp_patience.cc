#include "server/session/smtp_patience.h"

#include <algorithm>

namespace restante::server {

SmtpPatience::Span SmtpPatience::begin_wait(bool in_message, Moment now) {
  // Each message has its own account of time: a session of many mails is not one long wait.
  if (in_message && !in_message_) {
    message_octets_ = 0;
    message_waits_ = Span::zero();
  }
  in_message_ = in_message;
  wait_begun_ = now;
  // Between commands there is one time for all of them, or a client could send NOOP for ever.
  const Span left =
      in_message ? std::min(timeout_, message_time() - message_waits_) : timeout_ - command_waits_;
  return std::max(left, Span::zero());
}

void SmtpPatience::end_wait(std::uint64_t octets, Moment now) {
  const Span waited = std::max(now - wait_begun_, Span::zero());
  if (in_message_) {
    message_octets_ += octets;
    message_waits_ += waited;
  } else {
    command_waits_ += waited;
  }
}

/// The time for all waits of a message together, longer by each octet that comes: a slow client
/// goes on, and one that sends single octets does not.
SmtpPatience::Span SmtpPatience::message_time() const {
  // Switched off.
  if (rate_min_ == 0) return Span::max();
  return timeout_ + std::chrono::seconds(message_octets_ / rate_min_);
}

}  // namespace restante::server
