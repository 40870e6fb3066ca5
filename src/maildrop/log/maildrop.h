// One maildrop in use: its log, what is known of it in memory, and the order in which things happen
// to it. Sessions and the store are views of this.
//
// Two mutexes, taken in this order. append_mutex_ is held by whoever appends to the log, catches up
// with other processes, or changes what is known; it is held over the disk. mutex_ guards what a
// session's start reads, and is never held over anything slower than fstat or a lock attempt. What
// is known becomes what sessions see by show(), which takes both.
//
// The log's file may be replaced by a rewriting, of this process or of another. Then a new LogFile
// takes the place of the old one; sessions go on reading from the one that they started with, and
// what they commit, by sequence numbers, goes to the new one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "maildrop/log/environment.h"
#include "maildrop/log/group_queue.h"
#include "maildrop/log/known_log.h"
#include "maildrop/log/log_file.h"
#include "maildrop/log/log_writer.h"
#include "maildrop/log/memory_share.h"
#include "maildrop/log/view_locks.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

class Rewriter;

/// Callable from any thread.
class Maildrop {
 public:
  /// Touches no disk. `environment` is not owned and outlives it.
  Maildrop(const Environment& environment, std::string account);

  /// Takes the view's session lock; end_session() gives it back. As Store::open and open_cached.
  Result<Snapshot> begin_session(View view);
  std::optional<Result<Snapshot>> begin_session_cached(View view);
  void end_session(View view);

  /// As in Store. Threads that deliver at the same time share their syncs.
  Result<Receipt> deliver(const NewMessage& message);
  std::vector<Result<Receipt>> deliver_together(const std::vector<const NewMessage*>& messages);
  /// As Session::commit, for the session that `seen` was given to.
  Status commit(View view, const Snapshot& seen, const SessionEnd& end);
  /// As in Store.
  Result<Usage> usage();
  std::optional<Usage> usage_cached();
  Result<std::vector<Store::Entry>> list(View view);
  Result<std::vector<std::string>> undelete(View view, const UndeleteRequest& request);
  Result<UpkeepReport> upkeep(const UpkeepPolicy& policy, const Pace& pace);
  Result<RepairReport> repair(const Pace& pace);
  Result<HealReport> heal(const std::string& copy, const Pace& pace);

  /// Writes the index if it would save a later start enough reading.
  Status save_index();
  void report(DamagedRegion region, std::string what) const;

  /// About how much memory it takes, beside what sessions hold on to.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_.bytes(); }
  /// It remembers a failed sync, which must last until the process ends.
  [[nodiscard]] bool is_poisoned() const;

 private:
  enum class Purpose : std::uint8_t { kRead, kAppend };
  /// The right to append, between processes; the file outlives the lock.
  struct Turn {
    std::shared_ptr<LogFile> log;
    LogFile::AppendLock lock;
  };

  Result<LogFile::AppendLock> lock_append(LogFile& log);
  Status load(Creation creation);
  Status load_once(Creation creation);
  Result<Turn> take_turn(Purpose purpose, Creation creation);
  Status catch_up(std::uint64_t log_bytes, Purpose purpose);
  void show();
  void show_locked(std::map<View, Snapshot> views);
  Status load_view(View view);
  LogWriter::Batch begin_batch(std::size_t count);
  Status settle(LogWriter::Batch& batch);
  Status append_content(RecordType type, View view, RecordContent content);

  struct Delivery;
  static Result<Receipt> take_outcome(Delivery& delivery);
  void deliver_group(const std::vector<Delivery*>& group);
  Status append_deliveries(const std::vector<Delivery*>& group);
  Status write_delivery(Delivery& delivery, LogWriter::Batch& batch);
  [[nodiscard]] Status check_uid_is_free(const std::string& uid,
                                         const LogWriter::Batch& batch) const;

  class Upkeep;
  Result<std::unique_ptr<Upkeep>> begin_upkeep();
  /// What is known of the default view at one moment, and the log's end then.
  struct Present {
    std::shared_ptr<LogFile> log;
    std::uint64_t end = 0;
    std::shared_ptr<const MessageList> live;
    std::uint32_t count = 0;
  };
  Result<Present> look_at_present();
  Result<std::uint64_t> expire(const Retention& retention);
  Result<std::vector<Sequence>> find_expired(const Retention& retention);
  Result<std::uint64_t> reclaim(const UpkeepPolicy& policy, const Pace& pace);
  Result<std::uint64_t> rewrite(Rewriter& rewriter, const Pace& pace);
  Status finish_rewriting(Rewriter& rewriter);
  Status put_in_place(Rewriter& rewriter);
  Status hold_views();
  void release_views();

  Result<Snapshot> current(View view);
  std::optional<Snapshot> warm_snapshot(View view);

  const Environment& environment_;
  const std::string account_;
  GroupQueue<Delivery> deliveries_;  // Waiting for append_mutex_, which one of them takes for all.
  MemoryShare memory_{environment_.memory_bytes};

  std::mutex append_mutex_;
  // Guarded by append_mutex_.
  KnownLog known_{environment_};
  LogWriter writer_{environment_, known_};
  bool is_stuck_ = false;  // Another process has kept its lock for longer than we wait.

  std::mutex upkeep_mutex_;  // Before the others. One upkeep or repair at a time.
  // Guarded by upkeep_mutex_: messages that were found waiting for the end of this window, so that
  // the log need not be read again to know it.
  struct Waiting {
    std::chrono::seconds window{0};
    std::uint64_t bytes = 0;
    WallTime until = WallTime::min();
  } waiting_;

  mutable std::mutex mutex_;
  // Guarded by mutex_: what sessions see of the others, as show() shows it.
  struct Shown {
    std::shared_ptr<LogFile> log;  // Once set, never null again.
    std::map<View, Snapshot> views;
    std::uint64_t end = 0;
    bool is_behind = false;     // A failed sync keeps us from what lies behind the end.
    bool is_appending = false;  // This process holds the append lock and had caught up before.
  } shown_;
  ViewLocks locks_;
};

}  // namespace restante::maildrop::log
