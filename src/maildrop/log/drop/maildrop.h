// One maildrop in use: the order in which things happen to its log, and who sees what of it when.
// Sessions and the store are views of this.
//
// Two mutexes, taken in this order. append_mutex_ is held to append to the log, to catch up with
// other processes and to change what is known; it is held over the disk. mutex_ guards what a
// session's start reads, and is never held over anything slower than fstat or a lock attempt.
// show(), which needs both, lets sessions see the knowledge.
//
// The log's file may be replaced by a rewriting, of this process or of another. Then a new LogFile
// takes the place of the old one; sessions go on reading from the one that they started with, and
// what they commit, by sequence numbers, goes to the new one.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "maildrop/log/drop/group_queue.h"
#include "maildrop/log/drop/known_log.h"
#include "maildrop/log/drop/log_writer.h"
#include "maildrop/log/drop/maildrop_upkeep.h"
#include "maildrop/log/drop/memory_share.h"
#include "maildrop/log/drop/view_locks.h"
#include "maildrop/log/file/environment.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

struct Delivery;
class Rewriter;

/// Callable from any thread.
class Maildrop {
 public:
  enum class Purpose : std::uint8_t { kRead, kAppend };
  class Turn;

  /// Touches no disk. `environment` is not owned and outlives it.
  Maildrop(const Environment& environment, std::string account);

  /// Takes the view's session lock; end_session() gives it back. As Store::open and open_cached.
  Result<Snapshot> begin_session(View view);
  std::optional<Result<Snapshot>> begin_session_cached(View view);
  /// The same for the trash; as Store::open_trash.
  Result<Snapshot> begin_trash(std::chrono::seconds window);
  void end_session(View view);

  /// As in Store. Threads that deliver at the same time share their syncs.
  Result<Receipt> deliver(const NewMessage& message);
  std::vector<Result<Receipt>> deliver_together(const std::vector<const NewMessage*>& messages);
  /// As Session::commit, for the session that `seen` was given to.
  Status commit(View view, const Snapshot& seen, const SessionEnd& end);
  /// As in Store.
  Result<Usage> usage();
  Result<Usage> least_usage();
  std::optional<Usage> usage_cached();
  Result<std::vector<Store::Entry>> list(View view);
  Status list_each(View view, const std::function<void(Store::Entry&&)>& take);
  Result<std::vector<std::string>> undelete(View view, const UndeleteRequest& request);
  Result<View> make_view(const NewView& view);
  Result<FoundView> find_view(std::string_view name);
  std::optional<Result<FoundView>> find_view_cached(std::string_view name);
  Status end_view(View view);
  Status set_role(View view, ViewRole role);
  Result<std::vector<ViewInfo>> views();
  Result<UpkeepReport> upkeep(const UpkeepPolicy& policy, const Pace& pace) {
    return upkeep_.run(policy, pace);
  }
  Result<RepairReport> repair(const Pace& pace) { return upkeep_.repair(pace); }
  Result<HealReport> heal(const std::string& copy, const Pace& pace) {
    return upkeep_.heal(copy, pace);
  }
  Result<bool> purge() { return upkeep_.purge(); }

  /// Loads the log if need be, waits for the right to append and catches up with what others wrote.
  /// kRead: also of a log that takes nothing more. Errors: kNotFound, kTimeout, kIo, kFull,
  /// kCorrupt.
  Result<Turn> take_turn(Purpose purpose, Creation creation);
  /// Writes the index if it would save a later start enough reading.
  Status save_index();
  void report(DamagedRegion region, std::string what) const;

  [[nodiscard]] const std::string& account() const { return account_; }
  /// About how much memory it takes, beside what sessions hold on to.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_.bytes(); }
  /// It remembers a failed sync, which must last until the process ends.
  [[nodiscard]] bool is_poisoned() const;

 private:
  /// What sessions see of the log.
  struct Shown {
    std::shared_ptr<LogFile> log;  // Once set, never null again.
    std::vector<std::pair<View, Snapshot>> views;
    std::shared_ptr<const ViewTable> table;
    std::uint64_t end = 0;
    bool is_behind = false;     // A failed sync keeps us from what lies behind the end.
    bool is_appending = false;  // This process holds the append lock and had caught up before.

    /// nullptr: it is not in memory.
    [[nodiscard]] const Snapshot* find(View view) const;
  };

  Result<LogFile::AppendLock> lock_append(LogFile& log);
  Status load(Creation creation);
  Status load_once(Creation creation);
  Status catch_up(std::uint64_t log_bytes, Purpose purpose);
  void show();
  void show_locked();
  void deliver_group(const std::vector<Delivery*>& group);
  Status lock_view(View view);
  Result<Snapshot> begin(View view);
  Result<Snapshot> begun(View view, Result<Snapshot> snapshot);
  [[nodiscard]] bool is_shown_all() const;
  std::optional<Snapshot> warm_snapshot(View view);
  [[nodiscard]] bool is_use_due(const ViewTable& table, View view) const;
  Status note_use(Turn& turn, View view);
  Result<Snapshot> look_at_trash(std::chrono::seconds window);
  Status commit_trash(const Snapshot& seen, const SessionEnd& end);

  const Environment& environment_;
  const std::string account_;
  GroupQueue<Delivery> deliveries_;  // Waiting for append_mutex_, which one of them takes for all.
  MemoryShare memory_{environment_.memory_bytes};
  MaildropUpkeep upkeep_{environment_, *this};

  std::mutex append_mutex_;
  // Guarded by append_mutex_.
  KnownLog known_{environment_};
  LogWriter writer_{environment_, known_};
  bool is_stuck_ = false;  // Another process has kept its lock for longer than we wait.

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Shown shown_;
  ViewLocks locks_;
};

/// The right to append to the log, for as long as it lives: append_mutex_ in this process, and the
/// append lock between processes. All that is known was caught up with, but perhaps for a log
/// that only takes readers (kRead). By one thread.
class Maildrop::Turn {
 public:
  Turn(Maildrop& maildrop, std::unique_lock<std::mutex> mutex, std::shared_ptr<LogFile> log,
       LogFile::AppendLock lock)
      : maildrop_(maildrop),
        mutex_(std::move(mutex)),
        log_(std::move(log)),
        lock_(std::move(lock)) {}

  /// The log that the lock is of: the one that is known, until put_in_place().
  [[nodiscard]] const std::shared_ptr<LogFile>& log() const { return log_; }
  [[nodiscard]] const KnownLog& known() const { return maildrop_.known_; }
  /// What is known of a view, read from the log if need be; valid until the next settle() or
  /// append(). Errors: kIo, kCorrupt.
  Result<const KnownViews::State*> view(View view);
  /// What is known of all views, complete; valid as long. Errors: kIo, kCorrupt.
  Result<const KnownViews*> views();
  /// What stays for the views that hold. Errors: kIo, kCorrupt.
  Result<Held> held();

  /// What would stay after release_unused(). After held() alone.
  [[nodiscard]] Usage least_held() const;
  /// From now on nothing stays for views that were not used for limits::kViewUnusedBeforeQuota, but
  /// for the one that was used last; their names. Errors: as append().
  Result<std::vector<std::string>> release_unused();

  /// As the writer's. Between begin() and settle() sessions may start without asking the disk for
  /// the log's size; settle() shows them what was appended.
  LogWriter::Batch begin(std::size_t count);
  Status write(LogWriter::Batch& batch, RecordHeader header, const RecordBody& body);
  Status settle(LogWriter::Batch& batch);
  /// Appends a record that is no message, durably. Errors: as the writer's.
  Status append(RecordType type, View view, RecordContent content);

  /// As those of ViewLocks.
  Status hold_views();
  void release_views();
  [[nodiscard]] bool is_open(View view) const;
  /// A session of this process has some view.
  [[nodiscard]] bool has_session() const;
  [[nodiscard]] bool is_lost(View view) const;
  /// Gives the finished new file the log's name. The views are held. Errors: kIo, kFull; then the
  /// old one goes on to be the log.
  Status put_in_place(Rewriter& rewriter);

 private:
  Maildrop& maildrop_;
  std::unique_lock<std::mutex> mutex_;
  std::shared_ptr<LogFile> log_;  // Outlives the lock.
  LogFile::AppendLock lock_;
};

}  // namespace restante::maildrop::log
