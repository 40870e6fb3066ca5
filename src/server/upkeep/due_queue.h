// Which accounts need a look, and from when on. An account waits once, however often it is put in.
// When the queue is full, an account is left out: the caller must have another way to find it. It
// asks no clock.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace restante::server {

/// Used by one thread at a time.
class DueQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit DueQueue(std::size_t entries_max) : entries_max_(entries_max) {}

  /// Due at `due`; when the account waits already, it is due at the earlier of both times, and
  /// once more at the later one. False: the queue is full.
  bool add(const std::string& account, Time due);
  /// When the first of them is due; std::nullopt: none waits.
  [[nodiscard]] std::optional<Time> next_due() const;
  /// Takes the first one that is due; std::nullopt: none is.
  std::optional<std::string> take(Time now);

 private:
  struct Entry {
    Time due;
    Time again;  ///< The latest time asked for.
  };

  const std::size_t entries_max_;
  std::unordered_map<std::string, Entry> entries_;
  std::set<std::pair<Time, std::string>> order_;  ///< By `due`.
};

}  // namespace restante::server
