// Loading a maildrop's log and catching up with what other processes, or a crash, left in it, and
// showing it to sessions. append_mutex_ is held throughout.
#include "maildrop/log/maildrop.h"

namespace restante::maildrop::log {
namespace {

constexpr std::chrono::milliseconds kLookAtLock{20};
constexpr int kReplacedMax = 8;  // How often in a row others may put a new file in place.

}  // namespace

/// Once it was waited for in vain, a lock is only looked at until somebody gets it: those who stand
/// behind the one that waited have waited as long.
Result<LogFile::AppendLock> Maildrop::lock_append(LogFile& log) {
  static const disk::Patience look = disk::patience_of(kLookAtLock);
  auto lock = log.lock_append(is_stuck_ ? look : environment_.patience);
  is_stuck_ = !lock && lock.error().code == Errc::kTimeout;
  return lock;
}

/// Opens the log and takes what the index knows; the rest is catch_up()'s.
Status Maildrop::load(Creation creation) {
  if (known_.log() && !known_.is_replaced()) return ok();
  RESTANTE_TRY(auto log, known_.open(account_, creation));
  RESTANTE_TRY(const LogFile::AppendLock lock, lock_append(*log));
  RESTANTE_TRY(const disk::FileStatus status, log->file().status());
  known_.begin(log, status.size);
  writer_.begin_anew();
  const std::lock_guard guard(mutex_);
  locks_.move_to(*log);
  show_locked(known_.snapshots());
  return ok();
}

Status Maildrop::load_once(Creation creation) {
  {
    const std::lock_guard guard(mutex_);
    if (shown_.log) return ok();
  }
  const std::lock_guard guard(append_mutex_);
  return load(creation);
}

/// Sessions that begin from now on see what is known.
void Maildrop::show() {
  memory_.set(known_.memory_bytes());
  auto views = known_.snapshots();
  const std::lock_guard guard(mutex_);
  show_locked(std::move(views));
}

/// The same; mutex_ is held, too.
void Maildrop::show_locked(std::map<View, Snapshot> views) {
  shown_ = {known_.log(), std::move(views), known_.end(), writer_.is_behind(), false};
}

/// Loads the log if need be, takes the append lock and catches up.
Result<Maildrop::Turn> Maildrop::take_turn(Purpose purpose, Creation creation) {
  for (int attempt = 0; attempt < kReplacedMax; ++attempt) {
    RESTANTE_CHECKED(load(creation));
    std::shared_ptr<LogFile> log = known_.log();
    RESTANTE_TRY(LogFile::AppendLock lock, lock_append(*log));
    RESTANTE_TRY(const disk::FileStatus status, log->file().status());
    known_.compare(status);
    if (known_.is_replaced()) continue;
    if (purpose == Purpose::kAppend) RESTANTE_CHECKED(log->check_appendable());
    RESTANTE_CHECKED(catch_up(status.size, purpose));
    if (known_.is_replaced()) continue;
    return Turn{std::move(log), std::move(lock)};
  }
  return Error(Errc::kIo, "the log is replaced again and again: " + known_.log()->paths().log);
}

/// Takes in what lies behind the end that is known. The append lock is held, so nobody is writing.
Status Maildrop::catch_up(std::uint64_t log_bytes, Purpose purpose) {
  if (known_.log()->is_poisoned()) {
    // Reading goes on with what was synced before; but a part must not pass for the whole.
    return writer_.is_behind() ? Status(Error(Errc::kIo, "unread after a failed sync")) : ok();
  }
  if (log_bytes == known_.end()) return ok();
  RESTANTE_TRY(const KnownLog::Tail tail, known_.read_tail(log_bytes));
  if (known_.is_replaced()) return ok();
  // Its writer may have been killed before its sync: what a reader sees must not vanish later.
  Status synced = tail.records.empty() ? ok() : writer_.sync_unread();
  if (synced) known_.take(tail);
  show();
  if (!synced || known_.end() == log_bytes) return synced;
  // What no whole record follows. If it cannot be cut, readers go on, and appending has to wait.
  Status cut = writer_.cut_tail(log_bytes);
  return purpose == Purpose::kAppend ? cut : ok();
}

/// Reads a view that is not in memory. We have caught up.
Status Maildrop::load_view(View view) {
  if (known_.has_view(view)) return ok();
  RESTANTE_CHECKED(known_.load_view(view));
  show();
  return ok();
}

}  // namespace restante::maildrop::log
