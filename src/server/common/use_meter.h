// The use that one POP3 connection makes of the server: before a login within fixed amounts;
// afterwards it counts for the account, which is slowed down where [limits] says so.
#pragma once

#include <string>
#include <string_view>

#include "server/common/session_context.h"

namespace restante::server {

class UseMeter {
 public:
  explicit UseMeter(SessionContext& context) : context_(context) {}

  /// Input that has come. Before a login: kLimit when it is too much.
  Status received(std::string_view bytes);
  void sent(std::uint64_t bytes) { use_.bytes += bytes; }
  void logged_in(std::string account) {
    account_ = std::move(account);
    use_ = {};
  }

  /// Whether to pay() before more is done: only where there is a limit.
  [[nodiscard]] bool owes() const { return !account_.empty() && is_limited(); }
  /// Waits until the account may do more. Errors: as Connection::pause().
  net::Task<Status> pay() { return pay(context_.connection); }
  /// The same, by a wait of another connection of the session.
  net::Task<Status> pay(net::Connection& connection);

  /// In the log and the counters: the connection did too much before a login.
  void report() const;

 private:
  [[nodiscard]] bool is_limited() const {
    const guard::Rules& rules = context_.settings->rules;
    return rules.commands_per_minute != 0 || rules.bytes_per_minute != 0;
  }

  SessionContext& context_;  // Not owned; outlives the meter.
  std::string account_;      // Empty before the login.
  guard::Use use_;           // Not yet charged.
};

}  // namespace restante::server
