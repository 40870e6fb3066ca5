// What a peer of SMTP or LMTP that is not trusted is held to beyond what its session counts: time,
// the pace at which it hears of names that are not there, what it may make the disk do, and how
// much of the log is its own. Nothing of it holds for who is trusted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/asio.h"
#include "server/common/session_context.h"
#include "server/delivery/quota.h"
#include "server/session/smtp_patience.h"
#include "smtp/server_session.h"

namespace restante::server {

class SmtpStranger {
 public:
  /// `context` outlives it.
  explicit SmtpStranger(SessionContext& context);

  /// What was said has been answered.
  void answered() { patience_.answered(); }
  /// Before a wait for input: sets its deadline. Errors: kTimeout (too slow).
  Status begin_wait(bool receiving);
  void end_wait();

  /// A recipient was refused. What the log is to say behind it; nullopt: no line.
  std::optional<std::string> recipient_refused(smtp::Recipient verdict);
  /// Whether pay() is due before the answer to that.
  [[nodiscard]] bool owes() const { return due_ != guard::Span::zero(); }
  net::Task<Status> pay();
  /// The answers to one who makes many mistakes are late.
  net::Task<Status> slow_down();

  /// What is in memory is for the asking; a maildrop that has to be read is so often a minute.
  [[nodiscard]] bool may_ask_for_quota(const std::vector<QuotaHolder>& holders);

 private:
  SessionContext& context_;
  SmtpPatience patience_;
  guard::Span due_{};
};

}  // namespace restante::server
