// One maildrop in use: its log, what is known of it in memory, and the order in which things happen
// to it. Sessions and the store are views of this.
//
// Two mutexes, taken in this order. append_mutex_ is held by whoever appends to the log, catches up
// with other processes, or changes what is known; it is held over the disk. mutex_ guards what a
// session's start reads, and is never held over anything slower than fstat or a lock attempt.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "maildrop/log/environment.h"
#include "maildrop/log/log_file.h"
#include "maildrop/log/log_index_file.h"
#include "maildrop/log/message_list.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// A view's messages at one moment: the first `count` of the list.
struct Snapshot {
  std::shared_ptr<const MessageList> messages;
  std::uint32_t count = 0;
  std::uint64_t octets = 0;
};

/// Callable from any thread.
class Maildrop {
 public:
  /// Touches no disk. `environment` is not owned and outlives it.
  Maildrop(const Environment& environment, std::string account);

  /// Takes the view's session lock; end_session() gives it back. As Store::open and open_cached.
  Result<Snapshot> begin_session(View view);
  std::optional<Result<Snapshot>> begin_session_cached(View view);
  void end_session(View view);

  Result<Receipt> deliver(const NewMessage& message);
  /// As Session::commit.
  Status commit(View view, std::vector<Sequence> deleted);
  /// As Store::list.
  Result<std::vector<Store::Entry>> list(View view);
  /// Writes the index if it would save a later start enough reading.
  Status save_index();

  /// Only while a session is open.
  [[nodiscard]] disk::File& file() const { return log_->file(); }
  void append_uid(const MessageEntry& entry, std::string& out) const;
  void report(DamagedRegion region, std::string what) const;

  /// The log's file was replaced, removed or cut by others: load the maildrop anew.
  [[nodiscard]] bool is_stale() const { return stale_.load(std::memory_order_relaxed); }
  /// It remembers a failed sync, which must last until the process ends.
  [[nodiscard]] bool is_poisoned() const;

 private:
  struct ViewState {
    std::shared_ptr<MessageList> messages;
  };
  enum class Purpose : std::uint8_t { kRead, kAppend };

  Status load(Creation creation);
  Status load_once(Creation creation);
  Status catch_up(Purpose purpose);
  Status sync_unread();
  Status repair_tail(std::uint64_t size, Purpose purpose);
  void apply(std::vector<ScannedRecord> records);
  void forget(View view, const DeletionSet& deleted);
  Status load_view(View view);
  Result<ScannedRecord> append(RecordHeader header, const RecordBody& body, DeletionSet deleted);
  Status check_uid_is_free(const std::string& uid) const;
  MessageEntry to_entry(const ScannedRecord& record);

  Status lock_view(View view);
  Result<Snapshot> current(View view);
  std::optional<Snapshot> warm_snapshot(View view);
  [[nodiscard]] Snapshot snapshot_of(View view) const;

  const Environment& environment_;
  const std::string account_;
  std::atomic<bool> stale_ = false;

  std::mutex append_mutex_;
  // Guarded by append_mutex_.
  std::shared_ptr<UidPool> uids_;
  Coverage coverage_;
  std::uint64_t indexed_end_ = 0;  // What the index file covers.

  mutable std::mutex mutex_;
  // Written under both mutexes, read under either; log_ and uid_prefix_ never change once set.
  std::unique_ptr<LogFile> log_;
  std::string uid_prefix_;
  std::map<View, ViewState> views_;
  std::uint64_t end_ = 0;   // Behind the last record that is published.
  bool is_behind_ = false;  // A failed sync keeps us from what lies behind end_.
  bool appending_ = false;  // This process holds the append lock and had caught up before.
  // Guarded by mutex_.
  std::set<View> open_views_;
};

}  // namespace restante::maildrop::log
