// A login as the limits want it: refused unheard where too many were wrong, its answer held back
// where it is wrong itself. Holding back takes a timer and no thread.
#pragma once

#include <optional>
#include <string>

#include "server/login/login.h"

namespace restante::server {

/// The end of a SCRAM exchange.
struct ScramProof {
  accounts::ScramAnswer answer;
  guard::Gate::Check check;  ///< Under way since its first message.
};

/// log_in(), guarded. A failure is logged and counted. The references outlive the coroutine; the
/// password in `credentials` is wiped as soon as it was checked.
net::Task<LoginOutcome> guarded_log_in(SessionContext& context, pop3::Credentials& credentials,
                                       ScramProof scram);

/// The SCRAM exchange of a session, guarded as a login is from its first message on: to make its
/// keys is work. One that got keys and was not finished counts as a failed login.
class ScramExchange {
 public:
  /// `context` outlives the exchange and its coroutines.
  explicit ScramExchange(SessionContext& context) : context_(context) {}
  ~ScramExchange() { give_up(); }
  ScramExchange(const ScramExchange&) = delete;
  ScramExchange& operator=(const ScramExchange&) = delete;

  /// scram_keys(); nullptr: refused or failed, which is logged and counted.
  net::Task<const sasl::ScramKeys*> begin(pop3::FetchKeys wanted);
  /// The answer that the keys were made of; an empty one when there were none.
  ScramProof finish();

 private:
  void give_up();

  SessionContext& context_;
  std::optional<std::string> name_;  ///< Of one that is under way.
  accounts::ScramAnswer answer_;
  guard::Gate::Check check_;
};

}  // namespace restante::server
