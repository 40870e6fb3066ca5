#include "fetch/plan/habits.h"

#include <algorithm>

namespace restante::fetch {

Result<Habits> Habits::open(archive::Database& database, std::string account, std::string server,
                            Seconds now) {
  Habits habits(database, std::move(account), std::move(server), now);
  RESTANTE_TRY(archive::Statement rows, database.prepare("SELECT habit, reason, until FROM habits "
                                                         "WHERE account = ?1 AND server = ?2"));
  rows.bind(1, habits.account_);
  rows.bind(2, habits.server_);
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return habits;
    const Seconds until{std::chrono::seconds(rows.number(2))};
    // One that is further away was written by a clock that was wrong.
    if (until > now && until <= now + kHabitDaysMax)
      // A number that this version does not know is a newer one's, and does no harm.
      habits.reasons_[static_cast<Habit>(rows.number(0))] = rows.text(1);
  }
}

std::string_view Habits::reason(Habit habit) const {
  const auto found = reasons_.find(habit);
  return found == reasons_.end() ? std::string_view() : found->second;
}

Status Habits::remember(Habit habit, std::string why, std::chrono::days time) {
  const Seconds until = now_ + std::min(time, kHabitDaysMax);
  RESTANTE_TRY(archive::Statement change,
               database_->prepare("INSERT OR REPLACE INTO habits VALUES (?1, ?2, ?3, ?4, ?5)"));
  change.bind(1, account_);
  change.bind(2, server_);
  change.bind(3, static_cast<std::int64_t>(habit));
  change.bind(4, why);
  change.bind(5, static_cast<std::int64_t>(until.time_since_epoch().count()));
  // In force in this run also when the database fails.
  reasons_[habit] = std::move(why);
  return change.run();
}

Status Habits::forget(Habit habit) {
  if (reasons_.erase(habit) == 0) return ok();
  RESTANTE_TRY(archive::Statement change,
               database_->prepare("DELETE FROM habits WHERE account = ?1 AND server = ?2 "
                                  "AND habit = ?3"));
  change.bind(1, account_);
  change.bind(2, server_);
  change.bind(3, static_cast<std::int64_t>(habit));
  return change.run();
}

}  // namespace restante::fetch
