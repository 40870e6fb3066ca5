// Whether a back end over the network answers: while it does not, most questions are refused at
// once instead of each waiting for its time-out, and one now and then tries again. Slow is not
// down: a question that gets no answer says something of the back end only when no other got one
// meanwhile. Tells when it went down and when it came back, once each.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"

namespace restante::accounts {

/// What the operator is told.
struct OutageNews {
  enum class Kind : std::uint8_t {
    kDown,      ///< The back end is not asked for a while; or it refuses a query.
    kBack,      ///< It answers again.
    kComplains  ///< It answers, and with a mistake of its own: no right to read, say.
  };
  OutageNews(Kind k, std::string w, std::string r)
      : kind(k), where(std::move(w)), reason(std::move(r)) {}

  Kind kind;
  std::string where;   ///< The back end: "ldap ldap://…".
  std::string reason;  ///< Empty where it answers again.
};
using TellOutage = std::function<void(const OutageNews&)>;

/// Callable from any thread.
class Outage {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `tell` may be empty.
  Outage(std::string where, TellOutage tell) : where_(std::move(where)), tell_(std::move(tell)) {}

  /// Whether it is worth waiting to ask. Errors: kIo, saying why not.
  Status is_worth_waiting(Time now);
  /// Whether to ask now; a yes while it is down is for one question. Errors: the same.
  Status may_ask(Time now);
  void answered(Time now);
  /// It cannot be reached.
  void failed(const Error& error, Time now);
  /// A question that was asked at `asked` got no answer in its time.
  void unanswered(const Error& error, Time asked, Time now);
  /// It answered, and not what was asked. The operator is told once a minute: the reason may have
  /// the name in it that a stranger asked for.
  void complained(const Error& error, Time now);

  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  [[nodiscard]] Error down() const { return Error(Errc::kIo, where_ + " is down: " + reason_); }

  const std::string where_;
  const TellOutage tell_;
  std::mutex mutex_;  ///< Guards everything below.
  bool down_ = false;
  Time next_try_{};
  std::string reason_;
  Time last_answer_{};
  int unanswered_ = 0;  ///< In a row.
  std::optional<Time> complained_;
};

}  // namespace restante::accounts
