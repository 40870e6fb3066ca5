#include "archive/database/held_mail.h"

#include <unordered_set>
#include <utility>

#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {
namespace {

// Nothing waits longer: a time that is further away was written by a clock that was wrong.
constexpr std::chrono::seconds kRetryWithin = std::chrono::days(2);

constexpr std::string_view kColumns =
    "SELECT id, account, sha256, state, size, arrived, found, attempts, reason FROM held ";
constexpr std::string_view kInsertHeld =
    "INSERT OR IGNORE INTO held (account, sha256, size, arrived) VALUES (?1, ?2, ?3, ?4)";
// A held message that was removed, or is gone, stays known, as one of the mailbox does.
constexpr std::string_view kBury =
    "INSERT INTO messages (account, sha256, name, size, arrived, date, removed) "
    "VALUES (?1, ?2, '', ?3, ?4, ?4, ?5) "
    "ON CONFLICT (account, sha256, copy) DO UPDATE SET removed = ?5";

Held read_held(const Statement& row) {
  Held held;
  held.id = row.number(0);
  held.account = row.text(1);
  held.sha256 = row.text(2);
  const bool infected = row.number(3) == static_cast<std::int64_t>(HeldState::kInfected);
  held.state = infected ? HeldState::kInfected : HeldState::kWaiting;
  held.size = static_cast<std::uint64_t>(row.number(4));
  held.arrived = row.number(5);
  held.found = row.text(6);
  held.attempts = static_cast<std::uint32_t>(row.number(7));
  held.reason = row.text(8);
  return held;
}

Result<std::vector<Held>> read_all(Statement& rows) {
  std::vector<Held> all;
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return all;
    all.push_back(read_held(rows));
  }
}

/// Octets as received, of a file that has no row.
Result<std::uint64_t> size_of(const Path& file, std::string_view sha256) {
  RESTANTE_TRY(const FileSums sums, sums_of(file));
  return sums.octets_in(sums.form_for(sha256).value_or(sums.likely_form()));
}

}  // namespace

Path quarantine_folder(const Path& archive) { return state_folder(archive) / "quarantine"; }

Result<std::vector<Held>> all_held(Database& database) {
  RESTANTE_TRY(Statement rows, database.prepare(std::string(kColumns) + "ORDER BY id"));
  return read_all(rows);
}

Result<HeldCounts> count_held(Database& database, std::string_view account) {
  RESTANTE_TRY(Statement count,
               database.prepare("SELECT coalesce(sum(state <> 2), 0), coalesce(sum(state = 2), 0) "
                                "FROM held WHERE ?1 = '' OR account = ?1"));
  count.bind(1, account);
  RESTANTE_CHECKED(count.step());
  return HeldCounts{static_cast<std::uint64_t>(count.number(0)),
                    static_cast<std::uint64_t>(count.number(1))};
}

Status synchronize_held(Database& database, const Path& archive, const Clock& clock) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(quarantine_folder(archive), ignored)) return ok();
  RESTANTE_TRY(const auto accounts, accounts_in(quarantine_folder(archive)));
  for (const std::string& account : accounts) {
    // Opened for its names alone, outside the transaction: a large mailbox takes a second.
    // A message that the mailbox has by now is not gone: it waits to be let in.
    RESTANTE_TRY(const Mailbox mailbox, Mailbox::open(archive, account, Create::kYes, clock));
    RESTANTE_TRY(HeldMail held, HeldMail::open(database, archive, account, Create::kNo, clock));
    RESTANTE_CHECKED(held.synchronize(mailbox));
  }
  return ok();
}

Result<HeldMail> HeldMail::open(Database& database, const Path& archive, std::string_view account,
                                Create create, const Clock& clock) {
  RESTANTE_TRY(Mailbox box, Mailbox::open(quarantine_folder(archive), account, create, clock));
  return HeldMail(database, std::move(box));
}

Status HeldMail::synchronize(const Mailbox& mailbox) {
  RESTANTE_CHECKED(box_.refresh());
  RESTANTE_TRY(const auto transaction, database_->begin());
  RESTANTE_TRY(Statement rows, database_->prepare(std::string(kColumns) + "WHERE account = ?1"));
  rows.bind(1, box_.account());
  RESTANTE_TRY(const std::vector<Held> known, read_all(rows));
  std::unordered_set<std::string> rows_there;
  for (const Held& held : known) {
    // Its file is gone, and it is nowhere else: known, so that it is not fetched again.
    if (!file_of(held.sha256) && !mailbox.find(held.sha256))
      RESTANTE_CHECKED(bury(held, Absence::kGone));
    rows_there.insert(held.sha256);
  }
  Status done = ok();
  box_.for_each([&](std::string_view sha256, const Place& place) {
    if (done && !rows_there.contains(std::string(sha256))) done = record_found(sha256, place);
  });
  RESTANTE_CHECKED(std::move(done));
  return transaction->commit();
}

Status HeldMail::record_found(std::string_view sha256, const Place& place) {
  RESTANTE_TRY(const std::uint64_t size, size_of(box_.path_of(place), sha256));
  return note(
      Kept{std::string(sha256), place.name, size, true, place.seconds, place.folder, false});
}

Status HeldMail::note(const Kept& kept) {
  RESTANTE_TRY(Statement insert, database_->prepare(kInsertHeld));
  insert.bind(1, box_.account());
  insert.bind(2, kept.sha256);
  insert.bind(3, static_cast<std::int64_t>(kept.size));
  insert.bind(4, kept.seconds);
  return insert.run();
}

Result<bool> HeldMail::holds(std::string_view sha256) {
  RESTANTE_TRY(Statement find,
               database_->prepare("SELECT 1 FROM held WHERE account = ?1 AND sha256 = ?2"));
  find.bind(1, box_.account());
  find.bind(2, sha256);
  return find.step();
}

Result<std::vector<Held>> HeldMail::due(std::int64_t now, std::size_t most) {
  // Those that failed least first, so that one that never ends holds none of the others up.
  RESTANTE_TRY(Statement rows,
               database_->prepare(std::string(kColumns) +
                                  "WHERE account = ?1 AND state <> 2 AND (retry_after <= ?2 OR "
                                  "retry_after > ?2 + ?4) ORDER BY attempts, id LIMIT ?3"));
  rows.bind(1, box_.account());
  rows.bind(2, now);
  rows.bind(3, static_cast<std::int64_t>(most));
  rows.bind(4, kRetryWithin.count());
  return read_all(rows);
}

std::optional<Path> HeldMail::file_of(std::string_view sha256) const {
  const auto place = box_.find(sha256);
  return place ? std::optional(box_.path_of(*place)) : std::nullopt;
}

Status HeldMail::mark_infected(const Held& held, std::string_view found) {
  RESTANTE_TRY(
      Statement mark,
      database_->prepare("UPDATE held SET state = 2, found = ?2, reason = '' WHERE id = ?1"));
  mark.bind(1, held.id);
  mark.bind(2, found);
  return mark.run();
}

Status HeldMail::put_off(const Held& held, std::string_view reason, std::int64_t retry_after) {
  RESTANTE_TRY(Statement put,
               database_->prepare("UPDATE held SET attempts = attempts + 1, reason = ?2, "
                                  "retry_after = ?3 WHERE id = ?1"));
  put.bind(1, held.id);
  put.bind(2, reason);
  put.bind(3, retry_after);
  return put.run();
}

Result<std::vector<Kept>> HeldMail::move_to(Mailbox& mailbox, const std::vector<Held>& messages) {
  std::vector<std::string> sums;
  for (const Held& held : messages) sums.push_back(held.sha256);
  RESTANTE_TRY(std::vector<Kept> kept, box_.move_to(mailbox, sums));
  // A move knows no octets as received; the rows do.
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i].size = messages[i].size;
  return kept;
}

Status HeldMail::forget(const Held& held) {
  RESTANTE_TRY(Statement drop, database_->prepare("DELETE FROM held WHERE id = ?1"));
  drop.bind(1, held.id);
  return drop.run();
}

Status HeldMail::discard(const Held& held) {
  // The file first: a crash after it leaves a row that the next look buries.
  if (const auto place = box_.find(held.sha256)) RESTANTE_CHECKED(box_.remove(*place));
  RESTANTE_TRY(const auto transaction, database_->begin());
  RESTANTE_CHECKED(bury(held, Absence::kDeleted));
  return transaction->commit();
}

Status HeldMail::bury(const Held& held, Absence absence) {
  RESTANTE_TRY(Statement bury, database_->prepare(kBury));
  bury.bind(1, box_.account());
  bury.bind(2, held.sha256);
  bury.bind(3, static_cast<std::int64_t>(held.size));
  bury.bind(4, held.arrived);
  bury.bind(5, static_cast<std::int64_t>(absence));
  RESTANTE_CHECKED(bury.run());
  return forget(held);
}

}  // namespace restante::archive
