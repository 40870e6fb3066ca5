// The limits of an SMTP or LMTP peer that is not trusted, beyond those that its session counts:
// time, the pace at which it hears of unknown names, its use of the disk, and its share of the log.
// A trusted peer has none of these limits.
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

  /// The command has been answered.
  void answered() { patience_.answered(); }
  /// Before a wait for input: sets its deadline. Errors: kTimeout (too slow).
  Status begin_wait(bool receiving);
  void end_wait();

  /// A recipient was refused. The end of its line in the log; nullopt: no line.
  std::optional<std::string> recipient_refused(smtp::Recipient verdict);
  /// Whether pay() is due before the answer to that.
  [[nodiscard]] bool owes() const { return due_ != guard::Span::zero(); }
  net::Task<Status> pay();
  /// A peer that makes many mistakes gets its answers late.
  net::Task<Status> slow_down();

  /// A usage that is in memory may always be asked for. A maildrop that must be read for it may be
  /// read a few times a minute.
  [[nodiscard]] bool may_ask_for_quota(const std::vector<QuotaHolder>& holders);

 private:
  SessionContext& context_;
  SmtpPatience patience_;
  guard::Span due_{};
};

}  // namespace restante::server
