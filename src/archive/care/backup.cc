#include "archive/care/backup.h"

#include <fcntl.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "archive/database/archive_id.h"
#include "archive/database/database.h"
#include "archive/database/held_mail.h"
#include "archive/database/message_numbers.h"
#include "archive/index/read_only.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/synced_copies.h"

namespace restante::archive {
namespace {

constexpr const char* kFolders[] = {"new", "cur"};
constexpr int kLooksMax = 10;  // At a folder that others change all the time.
constexpr std::uint64_t kStep = 100;

Status check_folder(const Path& folder) {
  RESTANTE_TRY(const auto names, names_in(folder));
  const auto is = [&](std::string_view wanted) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
  };
  // A slip must not mix a backup with other files, of which a later run would remove some.
  if (names.empty() || is("MANIFEST") || is("backup.lock")) return ok();
  return Error(Errc::kExists, folder.string() + ": has something that is no backup");
}

/// Octet for octet at one moment, also while others write.
Status copy_database(Database& from, const Path& to) {
  RESTANTE_CHECKED(put_file(to, ""));
  RESTANTE_TRY(sql::Connection target, sql::Connection::open(to, {sql::Mode::kAsItIs, {}, ""}));
  // A copy that a crash has cut is no backup: it is synced when it is whole.
  RESTANTE_CHECKED(target.run("PRAGMA synchronous=OFF"));
  RESTANTE_CHECKED(target.run("PRAGMA journal_mode=OFF"));
  sqlite3_backup* const backup =
      // SQLite's own copy: it is of one moment, and waits for no writer.
      sqlite3_backup_init(target.connection(), "main", from.connection(), "main");
  if (backup == nullptr) return Error(Errc::kIo, sqlite3_errmsg(target.connection()));
  const int step = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  // A lock is no failure to finish(), and the copy would be empty: so step()'s code counts.
  const int code = step == SQLITE_DONE ? finished : step;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return Error(Errc::kBusy, "the archive's database: another program is at it, try again");
  if (code == SQLITE_FULL) return Error(Errc::kFull, to.string() + ": the disk is full");
  if (code == SQLITE_CORRUPT) return Error(Errc::kCorrupt, "the archive's database is damaged");
  if (code != SQLITE_OK) return Error(Errc::kIo, to.string() + ": " + sqlite3_errstr(code));
  // All in one file, with no log beside it.
  return target.run("PRAGMA journal_mode=DELETE");
}

/// Of the database's files; the same text later: no process has written to it.
std::string stamp_of_database(const Path& archive) {
  std::string text;
  for (const char* const ending : {"", "-wal"}) {
    const auto stamp = stamp_of(Database::file_of(archive).string() + ending);
    if (!stamp || (stamp->bytes == 0 && *ending != '\0')) continue;
    text += std::to_string(stamp->bytes) + "/" + std::to_string(stamp->modified_ns) + " ";
  }
  return text;
}

class BackingUp {
 public:
  BackingUp(const Path& archive, const Path& folder, const BackupOptions& options,
            const BackupWatch& watch)
      : archive_(archive), folder_(folder), options_(options), watch_(watch) {}

  Result<BackedUp> run() {
    RESTANTE_CHECKED(make_folders(folder_ / "state"));
    RESTANTE_CHECKED(open());
    // First: what it knows is in the mail that is copied afterwards.
    RESTANTE_CHECKED(take_state());
    RESTANTE_CHECKED(list_all());
    // The dearest step last but one: it is ended at will, and goes on where it was.
    RESTANTE_CHECKED(copy_all());
    RESTANTE_CHECKED(copies_.finish());
    // The last step: until then the folder is the backup before, whose files are all there.
    RESTANTE_CHECKED(put_file(manifest_file(folder_), format_manifest(next_)));
    drop_old_state();
    done_.messages = next_.messages.size();
    done_.serial = next_.serial;
    return done_;
  }

 private:
  Status open() {
    auto before = read_manifest(folder_);
    if (!before && before.error().code != Errc::kNotFound) return std::move(before).error();
    if (before) before_ = std::move(*before);
    RESTANTE_TRY(const auto id, id_of(archive_));
    next_.archive_id = id.value_or("");
    // Two archives in one folder would count each other's messages as removed.
    if (!before_.archive_id.empty() && before_.archive_id != next_.archive_id)
      return Error(Errc::kState, folder_.string() + ": holds the backup of another archive");
    next_.serial = before_.serial + 1;
    next_.made = options_.now;
    // Kept in the list alone: a configuration on another computer lies elsewhere.
    next_.configuration = options_.configuration_file;
    return ok();
  }

  Status take_state() {
    next_.stamp = stamp_of_database(archive_);
    const BackedUpState* const same = before_.find_state("restante.db.");
    // A copy of gigabytes for a database that no process has touched is saved.
    if (same != nullptr && next_.stamp == before_.stamp && is_sound(*same)) {
      next_.state.push_back(*same);
      done_.has_state = true;
    } else {
      RESTANTE_CHECKED(take_database());
    }
    RESTANTE_CHECKED(take_file(numbers_file(archive_), own_name("numbers")));
    if (!options_.configuration) return ok();
    const std::string name = own_name("restante.toml");
    RESTANTE_CHECKED(put_file(state_file(name), *options_.configuration));
    return add_state(name);
  }

  Status take_database() {
    auto database = open_as_left(archive_);
    if (!database && database.error().code == Errc::kNotFound) return ok();
    if (!database) return std::move(database).error();
    const std::string name = own_name("restante.db");
    RESTANTE_CHECKED(copy_database(*database, state_file(name)));
    // Synced here: it was written without a sync.
    RESTANTE_TRY(const Descriptor opened, open_file(state_file(name), O_RDWR));
    RESTANTE_CHECKED(sync_data(opened, state_file(name)));
    done_.has_state = true;
    return add_state(name);
  }

  /// That an earlier run put there; with trust in what it copied by its size alone.
  [[nodiscard]] bool is_sound(const BackedUpState& state) const {
    const auto stamp = stamp_of(state_file(state.name));
    // A size alone is what the owner asked for by that option.
    if (!stamp || stamp->bytes != state.bytes) return false;
    if (options_.earlier == EarlierCopies::kTrusted) return true;
    const auto sums = sums_of(state_file(state.name));
    return sums && sums->as_is == state.sha256;
  }

  /// Not there: fine.
  Status take_file(const Path& from, const std::string& name) {
    std::error_code ignored;
    if (!std::filesystem::exists(from, ignored)) return ok();
    SyncedCopies one;
    RESTANTE_CHECKED(one.add(from, state_file(name)));
    RESTANTE_CHECKED(one.finish());
    return add_state(name);
  }

  Status add_state(const std::string& name) {
    RESTANTE_TRY(const FileSums sums, sums_of(state_file(name)));
    next_.state.push_back({name, sums.bytes, sums.as_is});
    return ok();
  }

  /// The files of the earlier backup stay as they are until this one counts.
  [[nodiscard]] std::string own_name(const std::string& name) const {
    return name + "." + std::to_string(next_.serial);
  }

  [[nodiscard]] Path state_file(const std::string& name) const { return folder_ / "state" / name; }

  Status list_all() {
    // The quarantine first: a message that is let in meanwhile is in the second list, or in both.
    const Path quarantine = quarantine_folder(archive_);
    std::error_code ignored;
    if (std::filesystem::is_directory(quarantine, ignored)) {
      RESTANTE_TRY(const auto held, accounts_in(quarantine));
      for (const std::string& account : held) RESTANTE_CHECKED(list(quarantine, account, true));
    }
    RESTANTE_TRY(const auto accounts, accounts_in(archive_));
    for (const std::string& account : accounts) RESTANTE_CHECKED(list(archive_, account, false));
    return ok();
  }

  /// A folder that is changed while it is read may fail to show a file that is there.
  Status list(const Path& above, const std::string& account, bool is_held) {
    const std::size_t begin = next_.messages.size();
    for (int look = 0; look < kLooksMax; ++look) {
      // A folder that changes during each look is copied as it was seen last: what is missed is in
      // the next backup.
      const auto before = stamps_of(above / account_folder(account));
      next_.messages.resize(begin);
      std::unordered_set<std::string> seen;
      for (const char* const part : kFolders) {
        RESTANTE_TRY(const auto names, names_in(above / account_folder(account) / part));
        for (const std::string& name : names)
          if (!name.starts_with('.') && seen.emplace(without_flags(name)).second)
            next_.messages.push_back({is_held, account, std::string(part) + "/" + name});
      }
      if (before == stamps_of(above / account_folder(account))) break;
    }
    return ok();
  }

  static std::pair<std::int64_t, std::int64_t> stamps_of(const Path& maildir) {
    const auto fresh = stamp_of(maildir / "new");
    const auto seen = stamp_of(maildir / "cur");
    return {fresh ? fresh->modified_ns : 0, seen ? seen->modified_ns : 0};
  }

  Status copy_all() {
    // Emptied and filled again, so that the list has what was really taken.
    std::vector<BackedUpMessage> messages;
    messages.swap(next_.messages);
    std::uint64_t looked_at = 0;
    for (const BackedUpMessage& message : messages) {
      const std::uint64_t count = ++looked_at;
      const bool is_step = count % kStep == 0 || count == messages.size();
      if (is_step && watch_.progress && !watch_.progress(count, messages.size()))
        return Error(Errc::kState, "the backup was ended: the one before counts");
      RESTANTE_TRY(const bool taken, take(message));
      if (taken) next_.messages.push_back(message);
    }
    return ok();
  }

  [[nodiscard]] Path source_of(const BackedUpMessage& message) const {
    const Path above = message.is_held ? quarantine_folder(archive_) : archive_;
    return above / account_folder(message.account) / message.name;
  }

  /// False: it was removed since.
  Result<bool> take(const BackedUpMessage& message) {
    const Path to = folder_ / message.stored();
    const auto ours = parse_file_name(std::string_view(message.name).substr(4));
    RESTANTE_TRY(const bool there, is_there(message, ours, to));
    if (there) return true;
    RESTANTE_CHECKED(make_folders(to.parent_path()));
    auto sums = copies_.add(source_of(message), to);
    if (!sums && sums.error().code == Errc::kNotFound) {
      const auto renamed = find_again(message);
      if (!renamed) return false;
      sums = copies_.add(*renamed, to);
      if (!sums && sums.error().code == Errc::kNotFound) return false;
    }
    // Asked of the source alone: a backup disk that is full looks the same from outside, and must
    // end the run.
    if (!sums && !sums_of(source_of(message))) return pass_over(message, to, sums.error());
    if (!sums) return std::move(sums).error();
    ++done_.copied;
    done_.copied_bytes += sums->bytes;
    // Damaged as well in the archive: its octets are still more than none.
    if (!ours || sums->form_for(ours->sha256)) return true;
    ++done_.damaged;
    if (watch_.on_damage)
      watch_.on_damage("damaged: " + source_of(message).string() + ": copied as it is");
    return true;
  }

  /// It cannot be read: no reason to leave the rest of the archive without a backup.
  bool pass_over(const BackedUpMessage& message, const Path& to, const Error& why) {
    ++done_.damaged;
    const bool has_copy = names_at(to.parent_path()).contains(to.filename().string());
    if (watch_.on_damage)
      watch_.on_damage("cannot be read: " + source_of(message).string() + ": " + why.detail +
                       (has_copy ? "; the earlier copy stays" : "; not in the backup"));
    return has_copy;
  }

  Result<bool> is_there(const BackedUpMessage& message, const std::optional<FileName>& ours,
                        const Path& to) {
    const std::unordered_set<std::string>& names = names_at(to.parent_path());
    if (!names.contains(to.filename().string())) return false;
    if (!ours) {
      const auto copy = stamp_of(to);
      const auto source = stamp_of(source_of(message));
      // A foreign file has no checksum in its name. Size and time are what rsync goes by, too.
      return copy && source && copy->bytes == source->bytes &&
             copy->modified_ns == source->modified_ns;
    }
    if (options_.earlier == EarlierCopies::kTrusted) return true;
    const auto sums = sums_of(to);
    if (sums && sums->form_for(ours->sha256)) return true;
    // Where the archive's own file is damaged in the same way, the copy is as good as another one.
    const auto source = sums_of(source_of(message));
    return sums && source && sums->as_is == source->as_is;
  }

  /// The names that an earlier run has left there, read once.
  // One folder at a time: a name for each message of an archive would take as much memory as the
  // archive's own list.
  const std::unordered_set<std::string>& names_at(const Path& place) {
    if (place == names_place_) return names_;
    names_place_ = place;
    names_.clear();
    if (auto names = names_in(place)) names_.insert(names->begin(), names->end());
    return names_;
  }

  /// A mail reader has renamed it since the folder was read, or the scan has let it in.
  std::optional<Path> find_again(const BackedUpMessage& message) {
    auto found = find_in(source_of(message).parent_path().parent_path(), message);
    if (!found && message.is_held)
      found = find_in(archive_ / account_folder(message.account), message);
    return found;
  }

  static std::optional<Path> find_in(const Path& maildir, const BackedUpMessage& message) {
    const std::string_view wanted = without_flags(std::string_view(message.name).substr(4));
    for (const char* const part : kFolders) {
      const auto names = names_in(maildir / part);
      if (!names) continue;
      for (const std::string& name : *names)
        if (without_flags(name) == wanted) return maildir / part / name;
    }
    return std::nullopt;
  }

  /// Of earlier runs. Mail that has left the archive stays in the folder, and is not in the list.
  void drop_old_state() {
    const auto names = names_in(folder_ / "state");
    if (!names) return;
    // Names of a state that this backup does not list belong to none any more.
    for (const std::string& name : *names) {
      const bool is_used =
          std::any_of(next_.state.begin(), next_.state.end(),
                      [&](const BackedUpState& each) { return each.name == name; });
      if (!is_used) static_cast<void>(remove_file(state_file(name)));
    }
  }

  const Path& archive_;
  const Path& folder_;
  const BackupOptions& options_;
  const BackupWatch& watch_;
  BackupManifest before_;
  BackupManifest next_;
  SyncedCopies copies_;
  Path names_place_;
  std::unordered_set<std::string> names_;
  BackedUp done_;
};

}  // namespace

Result<Descriptor> lock_backup(const Path& folder) {
  const Path path = folder / "backup.lock";
  RESTANTE_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT));
  if (files::lock_whole(file, files::WhenLocked::kFail, path)) return file;
  // Two at once would each remove the other's state.
  return Error(Errc::kBusy, folder.string() + ": another backup or restore is at it");
}

Result<BackedUp> back_up(const Path& archive, const Path& folder, const BackupOptions& options,
                         const BackupWatch& watch) {
  RESTANTE_CHECKED(check_database(archive));
  RESTANTE_CHECKED(make_folders(folder));
  RESTANTE_CHECKED(check_folder(folder));
  RESTANTE_TRY(const Descriptor lock, lock_backup(folder));
  return BackingUp(archive, folder, options, watch).run();
}

}  // namespace restante::archive
