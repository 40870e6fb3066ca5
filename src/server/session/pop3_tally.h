// The sum of one POP3 session, for the log, the counters and the journal.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "maildrop/store.h"
#include "server/common/session_context.h"
#include "server/session/pop3_acts.h"

namespace restante::server {

class Pop3Tally {
 public:
  /// `context` outlives the tally.
  explicit Pop3Tally(SessionContext& context) : context_(context) {}

  /// `method`: how, as the log says it.
  void logged_in(std::string account, std::string method);
  /// Its maildrop is open here: from now on the journal is told.
  void opened(LoginNote login);
  /// The client is waited for.
  void waits() {
    if (acts_) acts_->hand_over();
  }
  /// Empty before the login.
  [[nodiscard]] const std::string& account() const { return account_; }

  /// Enters its session among the others', which the tally outlives. As Entrant says.
  [[nodiscard]] Pop3Sessions::Place enter(const std::string& device, const std::string& view,
                                          bool elsewhere = false);
  /// Others may read it while the session goes on.
  [[nodiscard]] SessionUse& use() { return use_; }

  /// These octets of a message went out.
  void sent(std::uint64_t octets);
  /// These octets went out of an account that lives elsewhere; use() has it already.
  void passed_on(std::uint64_t octets) const;
  /// True: this message went out `whole`, and is counted as retrieved. `end` is how its sending
  /// ended; a fault that is not the client's is logged.
  bool is_retrieved(const Status& end, bool whole, const maildrop::Session& maildrop,
                    MessageNumber number);
  /// Before a commit: the unique ids of the messages that it deletes are gone afterwards.
  void will_delete(const maildrop::Session& maildrop, const std::vector<MessageNumber>& messages);
  /// How it ended: durably, or not at all.
  void committed(const Status& done);
  /// `status`: as Pop3Driver::run() returns it.
  void ended(const Status& status) const;

 private:
  void not_sent(Sequence sequence, const Error& why) const;
  void deleted();

  SessionContext& context_;
  std::string account_;
  std::string method_;
  SessionUse use_;
  std::size_t to_delete_ = 0;
  std::uint64_t octets_to_delete_ = 0;
  std::uint64_t deleted_ = 0;
  std::string uids_;                // Of the first that are deleted, as the log says them.
  std::unique_ptr<Pop3Acts> acts_;  // Null: before the login, and where no journal is kept.
};

}  // namespace restante::server
