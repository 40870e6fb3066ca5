// Whether a back end over the network answers: while it does not, most questions are refused at
// once instead of each waiting for its time-out, and one now and then tries again. Tells when it
// went down and when it came back, once each.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "base/result.h"

namespace restante::accounts {

/// What the operator is told.
struct OutageNews {
  OutageNews(std::string w, std::string r) : where(std::move(w)), reason(std::move(r)) {}

  std::string where;   ///< The back end: "ldap ldap://…".
  std::string reason;  ///< Empty: it answers again.
};
using TellOutage = std::function<void(const OutageNews&)>;

/// Callable from any thread.
class Outage {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `tell` may be empty.
  Outage(std::string where, TellOutage tell) : where_(std::move(where)), tell_(std::move(tell)) {}

  /// Whether it is worth asking now. Errors: kIo, saying since when and why not.
  Status may_ask(Time now);
  void answered();
  void failed(const Error& error, Time now);

  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  const std::string where_;
  const TellOutage tell_;
  std::mutex mutex_;  ///< Guards everything below.
  bool down_ = false;
  Time next_try_{};
  std::string reason_;
};

}  // namespace restante::accounts
