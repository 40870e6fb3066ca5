// Back ends of accounts in trouble. One that never was in any is not known here. Callable from any
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "accounts/outage.h"

namespace restante::server {

class BackEndMeasures {
 public:
  struct State {
    bool is_down = false;
    std::string reason{};  ///< Why it went down last.
    std::uint64_t outages = 0;
    std::uint64_t complaints = 0;  ///< Answers with a mistake of its own; one a minute is told of.
  };

  void tell(const accounts::OutageNews& news) {
    using Kind = accounts::OutageNews::Kind;
    const std::lock_guard lock(mutex_);
    State& state = states_[news.where];
    if (news.kind == Kind::kComplains) {
      ++state.complaints;
      return;
    }
    state.is_down = news.kind == Kind::kDown;
    if (!state.is_down) return;
    state.reason = news.reason;
    ++state.outages;
  }
  /// By what they are called: "ldap ldap://…".
  [[nodiscard]] std::map<std::string, State> get() const {
    const std::lock_guard lock(mutex_);
    return states_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

}  // namespace restante::server
