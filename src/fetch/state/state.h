// The fetch state of one account, in the archive's database (table uids): what known.h describes,
// loaded whole and written entry by entry. Entries are written in the transaction that also writes
// the messages' rows, so that neither is ever there without the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/database/database.h"
#include "fetch/plan/known.h"
#include "fetch/state/clock_doubt.h"

namespace restante::fetch {

/// Used by one thread, with the database that it was made for, which must outlive it. Errors of
/// all: kBusy, kFull, kIo, kCorrupt (a state of a later version).
class State {
 public:
  static Result<State> open(archive::Database& database, std::string account);

  /// Every entry of the account.
  Result<Known> load();
  /// Writes an entry over any that is there; an empty `essence` leaves the one that is there, as
  /// long as the content is the same. Call inside a transaction.
  Status put(std::string_view uid, const KnownUid& entry, std::string_view essence = {});
  /// archive/mailbox/essence.h's sum of what was fetched under this id; empty: not known.
  Result<std::string> essence_of(std::string_view uid);
  /// Since when this account's listings have been shrunken (plan.h).
  Result<std::optional<Seconds>> shrunken_since();
  /// nullopt: the last one was not. Call inside a transaction.
  Status set_shrunken_since(std::optional<Seconds> since);
  /// What the last run knew of the clock.
  Result<ClockMemory> clock_memory();
  /// Call inside a transaction.
  Status remember_clock(const ClockMemory& memory);
  /// Mail that is on the server at the next listing is left unfetched.
  Result<bool> from_now_on();
  /// Call inside a transaction.
  Status set_from_now_on(bool wanted);
  /// Whether entries of the account were lost with a database (archive/database/rebuild.h).
  Result<bool> was_lost();
  /// All that is on the server has entries again. Call inside a transaction.
  Status forget_loss();

 private:
  State(archive::Database& database, std::string account)
      : database_(&database), account_(std::move(account)) {}
  Result<std::optional<Seconds>> time_of(std::string_view name);
  Status set_time(std::string_view name, std::optional<Seconds> time);

  [[nodiscard]] std::string now_name() const { return "fetch.from_now_on." + account_; }

  archive::Database* database_;
  std::string account_;
  archive::Statement put_;
};

}  // namespace restante::fetch
