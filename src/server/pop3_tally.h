// What one POP3 session came to, for the log and the counters.
#pragma once

#include <string>

#include "server/session_context.h"

namespace restante::server {

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
  /// All of one did.
  void retrieved();
  /// One did not, or not to its end, and it is not the client's doing.
  void not_sent(Sequence sequence, const Error& why) const;
  /// So many were deleted, durably.
  void deleted(std::size_t count);
  void not_deleted(std::size_t count, const Error& why) const;
  /// `status`: as Pop3Driver::run() returns it.
  void ended(const Status& status) const;

 private:
  SessionContext& context_;
  std::string account_;
  std::string method_;
  std::uint64_t retrieved_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t deleted_ = 0;
};

}  // namespace restante::server
