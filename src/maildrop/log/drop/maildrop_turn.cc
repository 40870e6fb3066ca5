// The right to append: loading a maildrop's log, catching up with what other processes, or a crash,
// left in it, and showing it to sessions. append_mutex_ is held in all but load_once() and
// take_turn(), which take it.
#include "maildrop/log/drop/maildrop.h"
#include "maildrop/log/drop/rewriter.h"

namespace restante::maildrop::log {
namespace {

constexpr std::chrono::milliseconds kLookAtLock{20};
constexpr int kReplacedMax = 8;  // How often in a row others may put a new file in place.

}  // namespace

/// Once it was waited for in vain, a lock is only looked at until a delivery gets it: those behind
/// the one that waited have waited as long.
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
  known_.begin(std::move(log), status.size);
  writer_.begin_anew();
  const std::lock_guard guard(mutex_);
  locks_.move_to(*known_.log());
  show_locked();
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
  const std::lock_guard guard(mutex_);
  show_locked();
}

/// The same; mutex_ is held, too.
void Maildrop::show_locked() {
  memory_.set(known_.memory_bytes());
  known_.give_snapshots(shown_.views);
  if (shown_.table != known_.views().table()) shown_.table = known_.views().table();
  shown_.log = known_.log();
  shown_.end = known_.end();
  shown_.is_behind = writer_.is_behind();
  shown_.is_appending = false;
}

Result<Maildrop::Turn> Maildrop::take_turn(Purpose purpose, Creation creation) {
  std::unique_lock mutex(append_mutex_);
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
    return Turn(*this, std::move(mutex), std::move(log), std::move(lock));
  }
  return Error(Errc::kIo, "the log is replaced again and again: " + known_.log()->paths().log);
}

/// Takes in what lies behind the end that is known. The append lock is held, so no process writes.
Status Maildrop::catch_up(std::uint64_t log_bytes, Purpose purpose) {
  if (known_.log()->is_poisoned()) {
    // Reading goes on with what was synced before; but a part must not pass for the whole.
    return writer_.is_behind() ? Status(Error(Errc::kIo, "unread after a failed sync")) : ok();
  }
  if (log_bytes == known_.end()) return ok();
  // Its writer may have been killed before its sync: what a reader sees must not vanish later.
  Status synced = writer_.sync_unread();
  if (synced) RESTANTE_CHECKED(known_.read_tail(log_bytes));
  if (known_.is_replaced()) return ok();
  show();
  if (!synced || known_.end() == log_bytes) return synced;
  // The torn end behind the last whole record. If it cannot be cut, readers go on, and appending
  // has to wait.
  Status cut = writer_.cut_tail(log_bytes);
  return purpose == Purpose::kAppend ? cut : ok();
}

// A turn.

Result<const KnownViews*> Maildrop::Turn::views() {
  if (maildrop_.known_.views().is_stale()) RESTANTE_CHECKED(view(View::kDefault));
  return &maildrop_.known_.views();
}

Result<Held> Maildrop::Turn::held() {
  RESTANTE_TRY(const KnownViews* const known, views());
  const Environment& environment = maildrop_.environment_;
  return known->held(environment.clock.now(), environment.view_expires);
}

Result<const KnownViews::State*> Maildrop::Turn::view(View view) {
  KnownLog& known = maildrop_.known_;
  if (!known.has_view(view)) {
    RESTANTE_CHECKED(known.load_view(view));
    maildrop_.show();
  }
  return &known.view(view);
}

LogWriter::Batch Maildrop::Turn::begin(std::size_t count) {
  const std::lock_guard guard(maildrop_.mutex_);
  maildrop_.shown_.is_appending = true;
  return maildrop_.writer_.begin(count);
}

Status Maildrop::Turn::write(LogWriter::Batch& batch, RecordHeader header, const RecordBody& body) {
  return maildrop_.writer_.write(batch, std::move(header), body, {});
}

Status Maildrop::Turn::settle(LogWriter::Batch& batch) {
  Status settled = maildrop_.writer_.settle(batch);
  maildrop_.show();
  return settled;
}

Status Maildrop::Turn::append(RecordType type, View view, RecordContent content) {
  LogWriter::Batch batch = begin(1);
  Status written = maildrop_.writer_.write_content(batch, type, view, std::move(content));
  RESTANTE_CHECKED(settle(batch));
  return written;
}

Status Maildrop::Turn::hold_views() {
  const std::lock_guard guard(maildrop_.mutex_);
  return maildrop_.locks_.hold(*maildrop_.shown_.log);
}

void Maildrop::Turn::release_views() {
  const std::lock_guard guard(maildrop_.mutex_);
  maildrop_.locks_.release(*maildrop_.shown_.log);
}

bool Maildrop::Turn::is_open(View view) const {
  const std::lock_guard guard(maildrop_.mutex_);
  return maildrop_.locks_.is_open(view);
}

bool Maildrop::Turn::has_session() const {
  const std::lock_guard guard(maildrop_.mutex_);
  return maildrop_.locks_.has_open();
}

bool Maildrop::Turn::is_lost(View view) const {
  const std::lock_guard guard(maildrop_.mutex_);
  return maildrop_.locks_.is_lost(view);
}

/// If the rename fails, the old file goes on to be the log: should it have happened nevertheless,
/// the old one's link count says so before anything is appended.
Status Maildrop::Turn::put_in_place(Rewriter& rewriter) {
  {
    // Before others can see it: the sessions of this process stay the only ones of their views.
    const std::lock_guard guard(maildrop_.mutex_);
    RESTANTE_CHECKED(maildrop_.locks_.take_in(rewriter.file()));
  }
  RESTANTE_CHECKED(maildrop_.environment_.disk.rename(log_->paths().log_new, log_->paths().log));
  KnownLog& known = maildrop_.known_;
  known.adopt(rewriter, rewriter.take_log());
  const std::lock_guard guard(maildrop_.mutex_);
  maildrop_.locks_.forget_held();
  maildrop_.show_locked();
  return ok();
}

}  // namespace restante::maildrop::log
