// Tells of a query that the database refuses for every name (a column is gone, a right was taken),
// and when it is taken again, once each. It holds nothing back: the other queries may be right, and
// the next question may be answered.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "accounts/outage.h"
#include "accounts/postgresql/connection.h"

namespace restante::accounts::postgresql {

/// Callable from any thread.
class QueryFaults {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `tell` may be empty; not owned.
  explicit QueryFaults(const TellOutage& tell) : tell_(tell) {}

  /// Told at most once a minute: a query may fail for some names alone, in turn with others.
  void refused(Query query, const Error& error, Time now) {
    Fault& fault = faults_.at(static_cast<std::size_t>(query));
    {
      const std::lock_guard lock(mutex_);
      if (fault.is_told || (fault.told && now < *fault.told + kBetweenFaults)) return;
      fault.told = now;
      fault.is_told = true;
    }
    say(query, error.detail);
  }
  void answered(Query query) {
    std::atomic<bool>& is_told = faults_.at(static_cast<std::size_t>(query)).is_told;
    if (is_told.load(std::memory_order_relaxed) && is_told.exchange(false)) say(query, "");
  }

 private:
  struct Fault {
    std::atomic<bool> is_told = false;
    std::optional<Time> told;  ///< Under the mutex.
  };

  static constexpr auto kBetweenFaults = std::chrono::minutes(1);

  void say(Query query, std::string reason) const {
    const auto kind = reason.empty() ? OutageNews::Kind::kBack : OutageNews::Kind::kDown;
    if (tell_) tell_(OutageNews(kind, "postgresql " + key_of(query), std::move(reason)));
  }

  const TellOutage& tell_;
  std::mutex mutex_;
  std::array<Fault, kQueries> faults_;
};

}  // namespace restante::accounts::postgresql
