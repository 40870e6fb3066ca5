// What one POP3 session came to, for the log and the counters.
#pragma once

#include <string>
#include <vector>

#include "maildrop/store.h"
#include "server/common/session_context.h"

namespace restante::server {

/// The unique ids of these messages of the session, the first limits::kNamedUidsMax of them, with
/// commas between. To be asked for before the messages are deleted.
std::string uids_for_log(const maildrop::Session& session,
                         const std::vector<MessageNumber>& messages);

class Pop3Tally {
 public:
  /// `context` outlives the tally.
  explicit Pop3Tally(SessionContext& context) : context_(context) {}

  /// `method`: how, as the log says it.
  void logged_in(std::string account, std::string method);
  /// Empty before the login.
  [[nodiscard]] const std::string& account() const { return account_; }

  /// So much of a message went out.
  void sent(std::uint64_t octets);
  /// True: this message went out `whole`, and is counted as retrieved. `end` is how its sending
  /// ended; what is not the client's doing is logged.
  bool is_retrieved(const Status& end, bool whole, const maildrop::Session& maildrop,
                    MessageNumber number);
  /// So many were deleted, durably; `uids`: the unique ids of the first of them, as
  /// the log says them.
  void deleted(std::size_t count, std::string uids);
  void not_deleted(std::size_t count, const Error& why) const;
  /// `status`: as Pop3Driver::run() returns it.
  void ended(const Status& status) const;

 private:
  void not_sent(Sequence sequence, const Error& why) const;

  SessionContext& context_;
  std::string account_;
  std::string method_;
  std::uint64_t retrieved_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t deleted_ = 0;
  std::string uids_;
};

}  // namespace restante::server
