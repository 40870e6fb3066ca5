// Tells of a query that the database refuses whoever is asked for (a column is gone, a right was
// taken), and when it is taken again, once each. It holds nothing back: the other queries may be
// right, and the next question may be answered.
#pragma once

#include <array>
#include <atomic>
#include <string>

#include "accounts/outage.h"
#include "accounts/postgresql/connection.h"

namespace restante::accounts::postgresql {

/// Callable from any thread.
class QueryFaults {
 public:
  /// `tell` may be empty; not owned.
  explicit QueryFaults(const TellOutage& tell) : tell_(tell) {}

  void refused(Query query, const Error& error) {
    if (!refused_.at(static_cast<std::size_t>(query)).exchange(true)) say(query, error.detail);
  }
  void answered(Query query) {
    auto& refused = refused_.at(static_cast<std::size_t>(query));
    if (refused.load(std::memory_order_relaxed) && refused.exchange(false)) say(query, "");
  }

 private:
  void say(Query query, std::string reason) const {
    const auto kind = reason.empty() ? OutageNews::Kind::kBack : OutageNews::Kind::kDown;
    if (tell_) tell_(OutageNews(kind, "postgresql " + key_of(query), std::move(reason)));
  }

  const TellOutage& tell_;
  std::array<std::atomic<bool>, kQueries> refused_{};
};

}  // namespace restante::accounts::postgresql
