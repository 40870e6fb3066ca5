// Sessions that changed nothing: a mail program asks every few minutes, and each would be a line.
// The first of an account in an hour is one, and says how many there were since the one before.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"

namespace restante::journal {

/// Used by one thread.
class Polls {
 public:
  /// One more session. How many there were since the last line, this one included, when it is
  /// time for another; nothing: it is only counted.
  std::optional<std::uint64_t> add(const std::string& account, WallTime when) {
    const auto hour = std::chrono::floor<std::chrono::hours>(when);
    if (hour != swept_) sweep(hour);
    Seen& seen = accounts_[account];
    ++seen.since;
    if (seen.hour == hour) return std::nullopt;
    seen.hour = hour;
    return std::exchange(seen.since, 0);
  }
  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }

 private:
  using Hour = std::chrono::sys_time<std::chrono::hours>;
  struct Seen {
    Hour hour{};
    std::uint64_t since = 0;
  };
  /// Accounts that asked nothing for an hour are forgotten: their next poll is a line in any case.
  void sweep(Hour hour) {
    std::erase_if(accounts_, [&](const auto& each) {
      return each.second.hour + std::chrono::hours(1) < hour && each.second.since == 0;
    });
    swept_ = hour;
  }

  std::unordered_map<std::string, Seen> accounts_;
  Hour swept_{};
};

}  // namespace restante::journal
