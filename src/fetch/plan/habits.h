// The memory of a server that does what no server should, so that the next runs go around it at
// once: for some time, since servers are mended. In the archive's database (table habits), by
// account and by "host:port".
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "archive/database/database.h"
#include "fetch/plan/known.h"

namespace restante::fetch {

enum class Habit : std::uint8_t {
  kMixesUp = 1,    ///< Commands go to it one at a time (pipelining.h).
  kDiesOfCapa = 2  ///< It hangs up, or says nothing more, when it is asked what it can do.
};

inline constexpr std::chrono::days kHabitDaysMax{30};

/// Used by one thread, with a database that outlives it. Errors of all: the database's.
class Habits {
 public:
  static Result<Habits> open(archive::Database& database, std::string account, std::string server,
                             Seconds now);

  /// Why it is believed to have it, for the user; empty: it has not.
  [[nodiscard]] std::string_view reason(Habit habit) const;
  [[nodiscard]] bool has(Habit habit) const { return !reason(habit).empty(); }
  /// For `time`, kHabitDaysMax at most. `why` is not empty.
  Status remember(Habit habit, std::string why, std::chrono::days time);
  Status forget(Habit habit);

 private:
  Habits(archive::Database& database, std::string account, std::string server, Seconds now)
      : database_(&database), account_(std::move(account)), server_(std::move(server)), now_(now) {}

  archive::Database* database_;
  std::string account_;
  std::string server_;
  Seconds now_;
  std::map<Habit, std::string> reasons_;
};

}  // namespace restante::fetch
