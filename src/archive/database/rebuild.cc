#include "archive/database/rebuild.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "archive/database/catalog.h"
#include "archive/database/held_mail.h"
#include "archive/database/message_numbers.h"
#include "archive/database/put_aside.h"
#include "archive/database/salvage.h"
#include "archive/mailbox/account_lock.h"

namespace restante::archive {
namespace {

// The time between two looks at another's lock.
constexpr std::chrono::milliseconds kStep{50};
// Where SQLite's own locks on a database's file are (its os.h), for a file that it cannot read.
constexpr off_t kLocksBegin = 0x40000000;
constexpr off_t kLocksBytes = 512;

constexpr const char* kRebuiltBeside[] = {"-wal", "-shm", "-journal", ".lock"};

/// Messages that share a file with another one, as the fetch state knows them: where the table of
/// messages was lost, the Maildir has told of the first alone.
constexpr const char* kCopies = R"sql(
INSERT OR IGNORE INTO messages
  (account, sha256, copy, name, foreign_file, flags, size, arrived, date)
  SELECT m.account, m.sha256, u.copy, m.name, m.foreign_file, m.flags, m.size, m.arrived, m.date
  FROM uids u JOIN messages m ON m.account = u.account AND m.sha256 = u.sha256 AND m.copy = 1
  WHERE u.copy > 1 AND m.removed = 0;
)sql";

/// With every octet in the file itself, and no other process at it; released at the end.
Result<sql::Connection> open_alone(const Path& file, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    RESTANTE_TRY(auto connection, sql::Connection::open(file, {sql::Mode::kAsItIs, kStep, ""}));
    // Fails while another connection is open, be it idle: that would go on with the old file.
    Status alone = connection.run("PRAGMA journal_mode=DELETE");
    if (alone) alone = connection.run("BEGIN EXCLUSIVE");
    if (alone) return connection;
    if (alone.error().code != Errc::kBusy) return std::move(alone).error();
    if (std::chrono::steady_clock::now() >= deadline) return std::move(alone).error();
    static_cast<void>(::poll(nullptr, 0, static_cast<int>(kStep.count())));
  }
}

/// Of a file that SQLite cannot open any more: a process that opened it before may be at it.
Status check_unused(const Path& file) {
  RESTANTE_TRY(const Descriptor opened, open_file(file, O_RDWR));
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = kLocksBegin;
  range.l_len = kLocksBytes;
  if (::fcntl(opened.number(), F_OFD_GETLK, &range) != 0) return system_error("lock", file);
  if (range.l_type == F_UNLCK) return ok();
  return Error(Errc::kBusy, file.string() + ": the database is open");
}

Status remove_with_company(const Path& file) {
  for (const char* const ending : kRebuiltBeside)
    RESTANTE_CHECKED(remove_file(file.string() + ending));
  return remove_file(file);
}

Status sync_file(const Path& file) {
  RESTANTE_TRY(const Descriptor opened, open_file(file, O_RDWR));
  return sync_data(opened, file);
}

class Rebuilding {
 public:
  Rebuilding(const Path& archive, std::chrono::milliseconds patience)
      : archive_(archive),
        patience_(patience),
        file_(Database::file_of(archive)),
        fresh_(file_.string() + ".new") {}

  Result<Rebuilt> run() {
    RESTANTE_CHECKED(make_folders(state_folder(archive_)));
    RESTANTE_TRY(const MakingLock lock, MakingLock::take(file_, patience_));
    RESTANTE_CHECKED(remove_with_company(fresh_));
    RESTANTE_CHECKED(drop_second_name());
    Status made = open_old();
    if (made) made = make();
    if (made) made = put_in_place();
    // An unfinished database only takes room.
    if (!made) static_cast<void>(remove_with_company(fresh_));
    if (!made) return std::move(made).error();
    return rebuilt_;
  }

 private:
  /// Of a run that was killed while the old one had two names: its log may lie beside the second.
  Status drop_second_name() {
    RESTANTE_TRY(const auto aside, put_aside(archive_, Aside::kWaiting));
    for (const Path& each : aside) {
      std::error_code ignored;
      if (!std::filesystem::equivalent(each, file_, ignored)) continue;
      const Status moved = rename_file(each.string() + "-wal", file_.string() + "-wal");
      if (!moved && moved.error().code != Errc::kNotFound) return moved;
      RESTANTE_CHECKED(remove_file(each));
    }
    return ok();
  }

  Status open_old() {
    const auto stamp = stamp_of(file_);
    if (!stamp && stamp.error().code != Errc::kNotFound) return stamp.error();
    has_old_ = stamp && stamp->bytes > 0;
    is_lost_ = !has_old_;
    if (!has_old_) return ok();
    auto alone = open_alone(file_, patience_);
    if (alone) {
      old_.emplace(std::move(*alone));
      return ok();
    }
    if (alone.error().code != Errc::kCorrupt) return std::move(alone).error();
    return check_unused(file_);
  }

  Status make() {
    RESTANTE_TRY(Database made, Database::open_file(fresh_, Access::kCreate));
    RESTANTE_CHECKED(save_state(made));
    RESTANTE_CHECKED(reserve_numbers(made, archive_));
    RESTANTE_CHECKED(synchronize_all(made, archive_));
    RESTANTE_CHECKED(made.run(kCopies));
    RESTANTE_CHECKED(restore_numbers(made, archive_));
    RESTANTE_CHECKED(synchronize_held(made, archive_));
    if (!rebuilt_.whole) RESTANTE_CHECKED(note_loss(made));
    // With everything in the file itself, it goes by its name alone.
    return made.run("PRAGMA journal_mode=DELETE");
  }

  /// The old database's state counts more than that of those before it.
  Status save_state(Database& made) {
    if (old_) {
      RESTANTE_TRY(const Salvaged salvaged, salvage(*old_, made, Numbers::kKept));
      note(salvaged);
    } else if (has_old_) {
      RESTANTE_TRY(const Salvaged salvaged, salvage_file(file_, made, Numbers::kKept));
      note(salvaged);
    } else {
      note(Salvaged{false, false, 0});
    }
    const bool is_whole = rebuilt_.whole && rebuilt_.marks_whole;
    // Where it tells all, those that were taken over before are in it.
    RESTANTE_TRY(const auto aside, put_aside(archive_, is_whole ? Aside::kWaiting : Aside::kAll));
    bool is_first = is_lost_;
    for (const Path& each : aside) {
      RESTANTE_CHECKED(salvage_file(each, made, is_first ? Numbers::kKeptOlder : Numbers::kFresh));
      is_first = false;
      taken_.push_back(each);
    }
    return ok();
  }

  void note(const Salvaged& salvaged) {
    rebuilt_.whole = salvaged.whole;
    rebuilt_.marks_whole = salvaged.marks_whole;
  }

  Status note_loss(Database& made) {
    RESTANTE_TRY(const auto accounts, accounts_in(archive_));
    RESTANTE_TRY(Statement note, made.prepare("INSERT OR REPLACE INTO meta VALUES (?1, '1')"));
    for (const std::string& account : accounts) {
      note.bind(1, kStateLost + account);
      RESTANTE_CHECKED(note.run());
    }
    return ok();
  }

  Status put_in_place() {
    RESTANTE_CHECKED(sync_file(fresh_));
    if (has_old_) RESTANTE_CHECKED(give_second_name());
    RESTANTE_CHECKED(move_log_away());
    RESTANTE_CHECKED(rename_file(fresh_, file_));
    RESTANTE_CHECKED(sync_folder(state_folder(archive_)));
    static_cast<void>(remove_with_company(fresh_));
    old_.reset();
    for (const Path& each : taken_) {
      if (each.string().ends_with(".taken")) continue;
      RESTANTE_TRY(const Path taken, mark_as_taken(each));
      if (each == aside_) rebuilt_.put_aside = taken.string();
    }
    return ok();
  }

  /// The old one keeps its name until the new one has it.
  Status give_second_name() {
    aside_ = free_name_aside(archive_);
    if (::link(file_.c_str(), aside_.c_str()) != 0) {
      // Not every file system has links (vfat).
      if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return system_error("link", file_);
      RESTANTE_CHECKED(rename_file(file_, aside_));
    }
    taken_.push_back(aside_);
    return sync_folder(state_folder(archive_));
  }

  /// SQLite would take a log that lies beside the new file for the new file's own.
  Status move_log_away() {
    const std::string log = file_.string() + "-wal";
    const Path to = aside_.empty() ? free_name_aside(archive_) : aside_;
    const Status moved = rename_file(log, to.string() + "-wal");
    if (!moved && moved.error().code != Errc::kNotFound) return moved.error();
    RESTANTE_CHECKED(remove_file(file_.string() + "-shm"));
    return sync_folder(state_folder(archive_));
  }

  const Path& archive_;
  const std::chrono::milliseconds patience_;
  const Path file_;
  const Path fresh_;
  bool has_old_ = false;
  bool is_lost_ = false;
  std::optional<sql::Connection> old_;
  Path aside_;
  std::vector<Path> taken_;
  Rebuilt rebuilt_;
};

}  // namespace

Result<Rebuilt> rebuild(const Path& archive, std::chrono::milliseconds patience) {
  return Rebuilding(archive, patience).run();
}

}  // namespace restante::archive
