#include "archive/care/restore.h"

#include <fcntl.h>

#include <unordered_set>
#include <utility>

#include "archive/care/backup.h"
#include "archive/database/archive_id.h"
#include "archive/database/held_mail.h"
#include "archive/database/message_numbers.h"
#include "archive/database/restore_mark.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/synced_copies.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

constexpr std::uint64_t kRestoreStep = 100;
// In table meta.
constexpr std::string_view kRestored = "restored";
constexpr std::string_view kResumed = "fetch.resumed.";

/// Whether the file in the archive is the one that its name says.
bool is_sound(const FileSums& sums, std::string_view name) {
  // Another program's file has no checksum to compare with.
  const auto ours = parse_file_name(name);
  return !ours || sums.form_for(ours->sha256);
}

/// The mark's text: the backup of which the archive is being made.
std::string mark_text(const BackupManifest& manifest) {
  return manifest.archive_id + " " + std::to_string(manifest.serial) + "\n";
}

/// A restore that was killed goes on with the backup that it began with, and no other.
Status check_same(const Path& archive, const BackupManifest& manifest) {
  const Path mark = restore_mark(archive);
  RESTANTE_TRY(const Descriptor opened, open_file(mark, O_RDONLY));
  std::string buffer(256, '\0');
  RESTANTE_TRY(const std::string_view text, read_some(opened, buffer, mark));
  // Empty: nothing was put there yet. Before, the mark said which archive, and not which state of
  // it.
  const bool is_same =
      text.empty() || text == mark_text(manifest) || text == manifest.archive_id + "\n";
  if (is_same) return ok();
  return Error(Errc::kExists,
               archive.string() +
                   ": half restored from another backup, or an earlier state of this "
                   "one; go on with that, or restore into an empty folder");
}

Status check_free(const Path& archive, const BackupManifest& manifest) {
  std::error_code ignored;
  if (is_half_restored(archive)) return check_same(archive, manifest);
  const auto accounts = accounts_in(archive);
  const bool is_free = (!accounts || accounts->empty()) &&
                       !std::filesystem::exists(Database::file_of(archive), ignored);
  if (is_free) return ok();
  return Error(Errc::kExists,
               archive.string() + ": there is an archive already; a backup is put where none is");
}

class Restoring {
 public:
  Restoring(const Path& folder, const Path& archive, std::int64_t now, const BackupWatch& watch)
      : folder_(folder), archive_(archive), now_(now), watch_(watch) {}

  Result<Restored> run() {
    RESTANTE_TRY(BackupManifest manifest, read_manifest(folder_));
    manifest_ = std::move(manifest);
    // Before anything is written: a backup whose database is damaged is refused, while the place
    // for it is still empty.
    RESTANTE_CHECKED(check_all_state());
    RESTANTE_CHECKED(check_free(archive_, manifest_));
    RESTANTE_CHECKED(begin());
    RESTANTE_CHECKED(copy_messages());
    // Durable before the database that lists them.
    RESTANTE_CHECKED(copies_.finish());
    // After the mail: a database that knows of files which are not there yet would take them for
    // removed.
    RESTANTE_CHECKED(put_state());
    RESTANTE_CHECKED(remove_file(restore_mark(archive_)));
    RESTANTE_CHECKED(sync_folder(state_folder(archive_)));
    return done_;
  }

 private:
  /// Mail is not withheld for small damage: that of numbers and of the configuration is only told.
  Status check_all_state() {
    for (const BackedUpState& each : manifest_.state) {
      const Status checked = check_state(folder_, each);
      if (checked) continue;
      // Without it no state can be restored; it was looked at before a single file was written.
      if (each.name.starts_with("restante.db.")) return checked;
      ++done_.damaged;
      damaged_state_.insert(each.name);
      if (watch_.on_damage) watch_.on_damage("damaged: " + checked.error().detail + "; left out");
    }
    return ok();
  }

  /// From here on it is no archive until it is whole.
  Status begin() {
    RESTANTE_CHECKED(make_folders(state_folder(archive_)));
    RESTANTE_CHECKED(put_file(restore_mark(archive_), mark_text(manifest_)));
    if (manifest_.archive_id.empty()) return ok();
    return put_file(state_folder(archive_) / "id", manifest_.archive_id + "\n");
  }
  // The same archive as before: programs that know it by its id go on with it.

  Status copy_messages() {
    std::uint64_t count = 0;
    for (const BackedUpMessage& message : manifest_.messages) {
      const bool is_step = ++count % kRestoreStep == 0 || count == manifest_.messages.size();
      if (is_step && watch_.progress && !watch_.progress(count, manifest_.messages.size()))
        return Error(Errc::kState, "the restore was ended; the same command goes on with it");
      RESTANTE_CHECKED(copy(message));
    }
    return ok();
  }

  Status copy(const BackedUpMessage& message) {
    const Path above = message.is_held ? quarantine_folder(archive_) : archive_;
    const Path maildir = above / account_folder(message.account);
    RESTANTE_CHECKED(make_maildir(maildir));
    const std::string_view name = std::string_view(message.name).substr(4);
    const Path from = folder_ / message.stored();
    const auto sums = sums_of(from);
    // With the whole backup gone, its disk is gone: that is no damage, but an end of this run,
    // which can go on later.
    if (!sums) RESTANTE_CHECKED(open_file(manifest_file(folder_), O_RDONLY));
    if (!sums || !is_sound(*sums, name)) {
      ++done_.damaged;
      if (watch_.on_damage)
        watch_.on_damage((sums ? "damaged: " + from.string() : "missing: " + sums.error().detail) +
                         "; left out");
      return ok();
    }
    const Path to = maildir / message.name;
    ++done_.messages;
    const auto ours = parse_file_name(name);
    // Told apart: what is held is no message of the archive.
    if (!message.is_held)
      here_.insert(key_of(message.account, message.name));
    else if (ours)
      held_here_.insert(message.account + '\n' + ours->sha256);
    // A run before this one was killed.
    // By the size: it was synced under another name and renamed when it was whole.
    const auto there = stamp_of(to);
    if (there && there->bytes == sums->bytes) return ok();
    const auto copied = copies_.add(from, to);
    return copied ? ok() : Status(copied.error());
  }

  Status make_maildir(const Path& maildir) {
    if (!made_.insert(maildir.string()).second) return ok();
    // A folder's mail in one go would cost the same calls; most files have their folder already.
    for (const char* const part : {"cur", "new", "tmp"})
      RESTANTE_CHECKED(make_folders(maildir / part));
    return ok();
  }

  static std::string key_of(std::string_view account, std::string_view name) {
    return std::string(account) + '\n' + std::string(without_flags(name.substr(4)));
  }

  Status put_state() {
    SyncedCopies copies;
    const BackedUpState* const database = manifest_.find_state("restante.db.");
    const BackedUpState* const numbers = manifest_.find_state("numbers.");
    const Path fresh = Database::file_of(archive_).string() + ".new";
    for (const char* const ending : {"", "-wal", "-shm"})
      // A log of an earlier attempt would be replayed into the new database.
      RESTANTE_CHECKED(remove_file(fresh.string() + ending));
    if (numbers != nullptr && !damaged_state_.contains(numbers->name)) {
      const auto copied = copies.add(folder_ / "state" / numbers->name, numbers_file(archive_));
      if (!copied) return copied.error();
    }
    if (database != nullptr) {
      const auto copied = copies.add(folder_ / "state" / database->name, fresh);
      if (!copied) return copied.error();
    }
    RESTANTE_CHECKED(copies.finish());
    // Without a database the first command makes one from the files.
    if (database == nullptr) return ok();
    RESTANTE_CHECKED(begin_epoch(fresh));
    RESTANTE_TRY(const Descriptor opened, open_file(fresh, O_RDWR));
    RESTANTE_CHECKED(sync_data(opened, fresh));
    RESTANTE_CHECKED(rename_file(fresh, Database::file_of(archive_)));
    RESTANTE_CHECKED(remove_file(fresh.string() + ".lock"));
    done_.has_state = true;
    return sync_folder(state_folder(archive_));
  }

  Status begin_epoch(const Path& file) {
    RESTANTE_TRY(Database database, Database::open_file(file, Access::kCreate));
    {
      RESTANTE_TRY(const auto transaction, database.begin());
      // What was known of folders was of other inodes and times: all of it is looked at anew.
      RESTANTE_CHECKED(
          database.run("DELETE FROM meta WHERE name LIKE 'maildir %' OR "
                       "name LIKE 'fetch.resumed.%'"));
      RESTANTE_TRY(Statement note,
                   database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)"));
      note.bind(1, kRestored);
      note.bind(2, std::to_string(now_));
      RESTANTE_CHECKED(note.run());
      RESTANTE_CHECKED(note_what_is_not_here(database));
      RESTANTE_CHECKED(transaction->commit());
    }
    // The numbers were copied later than the database, and may know of messages that it does not.
    RESTANTE_CHECKED(reserve_numbers(database, archive_));
    // Else part of it would stay in a log beside it, and the rename takes one file alone.
    return database.run("PRAGMA journal_mode=DELETE");
  }

  /// It was not removed: it is gone, which lists and verify tell, and keeps its number; and it is
  /// fetched again where its server still has it.
  Status note_what_is_not_here(Database& database) {
    RESTANTE_TRY(Statement rows,
                 database.prepare("SELECT id, account, name FROM messages WHERE removed = 0"));
    std::vector<std::int64_t> gone;
    for (;;) {
      RESTANTE_TRY(const bool more, rows.step());
      if (!more) break;
      const std::string name(rows.text(2));
      if (name.size() > 4 && !here_.contains(key_of(rows.text(1), name)))
        gone.push_back(rows.number(0));
    }
    RESTANTE_CHECKED(database.run("CREATE TEMP TABLE not_here (id INTEGER PRIMARY KEY)"));
    RESTANTE_TRY(Statement note, database.prepare("INSERT INTO not_here VALUES (?1)"));
    for (const std::int64_t id : gone) {
      note.bind(1, id);
      RESTANTE_CHECKED(note.run());
    }
    RESTANTE_CHECKED(database.run(
        "UPDATE messages SET removed = 2 WHERE id IN (SELECT id FROM not_here);"
        "DELETE FROM uids WHERE (account, sha256, copy) IN"
        " (SELECT account, sha256, copy FROM messages WHERE id IN (SELECT id FROM not_here));"
        "DROP TABLE not_here"));
    return forget_held_that_is_not_here(database);
  }

  /// Nothing of it is here, so that it is as if it had never been seen.
  Status forget_held_that_is_not_here(Database& database) {
    RESTANTE_TRY(const std::vector<Held> all, all_held(database));
    RESTANTE_TRY(
        Statement seen,
        database.prepare("DELETE FROM uids WHERE account = ?1 AND sha256 = ?2 AND NOT EXISTS "
                         "(SELECT 1 FROM messages WHERE account = ?1 AND sha256 = ?2)"));
    RESTANTE_TRY(Statement row, database.prepare("DELETE FROM held WHERE id = ?1"));
    for (const Held& held : all) {
      if (held_here_.contains(held.account + '\n' + held.sha256)) continue;
      seen.bind(1, held.account);
      seen.bind(2, held.sha256);
      RESTANTE_CHECKED(seen.run());
      row.bind(1, held.id);
      RESTANTE_CHECKED(row.run());
    }
    return ok();
  }

  const Path& folder_;
  const Path& archive_;
  const std::int64_t now_;
  const BackupWatch& watch_;
  BackupManifest manifest_;
  SyncedCopies copies_;
  std::unordered_set<std::string> made_;
  std::unordered_set<std::string> here_;
  std::unordered_set<std::string> held_here_;  // By checksum.
  std::unordered_set<std::string> damaged_state_;
  Restored done_;
};

/// What the archive's folders have, as the backup's list would say it.
Result<std::unordered_set<std::string>> names_of(const Path& archive) {
  std::unordered_set<std::string> names;
  for (const bool is_held : {false, true}) {
    const Path above = is_held ? quarantine_folder(archive) : archive;
    std::error_code ignored;
    if (!std::filesystem::is_directory(above, ignored)) continue;
    RESTANTE_TRY(const auto accounts, accounts_in(above));
    for (const std::string& account : accounts) {
      for (const char* const part : {"new/", "cur/"}) {
        RESTANTE_TRY(const auto files, names_in(above / account_folder(account) / part));
        for (const std::string& file : files)
          if (!file.starts_with('.'))
            names.insert(BackedUpMessage{is_held, account, part + file}.stored().string());
      }
    }
  }
  return names;
}

}  // namespace

Status check_state(const Path& folder, const BackedUpState& state) {
  const Path file = folder / "state" / state.name;
  RESTANTE_TRY(const FileSums sums, sums_of(file));
  if (sums.as_is == state.sha256) return ok();
  return Error(Errc::kCorrupt, file.string() + ": not what was put there");
}

Result<BackupProof> verify_backup(const Path& folder, const std::optional<Path>& archive,
                                  const BackupWatch& watch) {
  RESTANTE_TRY(const BackupManifest manifest, read_manifest(folder));
  BackupProof proof;
  const auto tell = [&](const std::string& line) {
    ++proof.damaged;
    if (watch.on_damage) watch.on_damage(line);
  };
  for (const BackedUpState& each : manifest.state)
    if (const Status checked = check_state(folder, each); !checked) tell(checked.error().detail);
  std::unordered_set<std::string> here;
  if (archive) {
    RESTANTE_TRY(auto names, names_of(*archive));
    here = std::move(names);
  }
  for (const BackedUpMessage& message : manifest.messages) {
    const Path file = folder / message.stored();
    const auto sums = sums_of(file);
    if (!sums) tell("missing: " + sums.error().detail);
    if (sums && !is_sound(*sums, std::string_view(message.name).substr(4)))
      tell("damaged: " + file.string());
    ++proof.messages;
    if (archive && here.erase(message.stored().string()) == 0) ++proof.only_there;
    const bool is_step = proof.messages % kRestoreStep == 0;
    if (is_step && watch.progress && !watch.progress(proof.messages, manifest.messages.size()))
      return Error(Errc::kState, "ended");
  }
  proof.not_here = here.size();
  return proof;
}

Result<Restored> restore(const Path& folder, const Path& archive, std::int64_t now,
                         const BackupWatch& watch) {
  // A backup disk may be mounted without the right to write.
  const auto lock = lock_backup(folder);
  // It may lie where nothing can be written.
  if (!lock && lock.error().code == Errc::kBusy) return lock.error();
  return Restoring(folder, archive, now, watch).run();
}

Result<std::optional<std::int64_t>> paused_since(Database& database, std::string_view account) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT value FROM meta WHERE name = ?1 AND NOT EXISTS "
                                "(SELECT 1 FROM meta WHERE name = ?2)"));
  // "Never resumed" for one account, and not for all.
  query.bind(1, kRestored);
  query.bind(2, std::string(kResumed) + std::string(account));
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return std::optional<std::int64_t>();
  const auto time = parse_decimal<std::uint64_t>(query.text(0));
  return std::optional(static_cast<std::int64_t>(time.value_or(0)));
}

Result<bool> resume_account(Database& database, std::string_view account) {
  RESTANTE_TRY(const auto since, paused_since(database, account));
  if (!since) return false;
  RESTANTE_TRY(Statement change,
               database.prepare(
                   account.empty() ? "DELETE FROM meta WHERE name = ?1"
                                   : "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, '1')"));
  change.bind(
      1, account.empty() ? std::string(kRestored) : std::string(kResumed) + std::string(account));
  RESTANTE_CHECKED(change.run());
  return true;
}

}  // namespace restante::archive
