// The knowledge of a maildrop's log: the messages of its views, the uids that are taken, how far it
// was read, and whether the file is still the one that was read.
//
// No locks: all of it is used under the maildrop's append mutex, and most under the append lock.
// Sessions see none of it but the snapshots that the maildrop shows them; what is added to a list
// here lies behind what their snapshots count.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "maildrop/log/drop/known_views.h"
#include "maildrop/log/file/environment.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/file/log_index_file.h"
#include "maildrop/log/file/message_list.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

class Rewriter;

/// A view's messages at one moment: the first `count` of the list.
struct Snapshot {
  std::shared_ptr<const LogFile> log;  ///< Where their bytes are.
  std::shared_ptr<const MessageList> messages;
  std::uint32_t count = 0;
  std::uint64_t octets = 0;
  std::uint64_t load = 0;  ///< Which loading of the maildrop it comes from.
  bool others_decide = false;  ///< As Session says.

  [[nodiscard]] const MessageEntry& entry(MessageNumber number) const {
    RESTANTE_DCHECK(to_index(number) < count);
    return (*messages)[to_index(number)];
  }
};

class KnownLog {
 public:
  /// `environment` is not owned and outlives it.
  explicit KnownLog(const Environment& environment) : environment_(environment) {}

  /// The account's log as it is on the disk. It is the one that is known, when only its end was cut
  /// or overwritten: then its locks, and that it was given up, stay. Errors: as LogFile::open.
  Result<std::shared_ptr<LogFile>> open(const std::string& account, Creation creation) const;
  /// Forgets all that was known, and takes from the index what it knows of this one. The caller
  /// holds the append lock. `log_bytes`: the size of the log.
  void begin(std::shared_ptr<LogFile> log, std::uint64_t log_bytes);
  /// Finds out whether the log that is known is still the one on the disk, as far as it is known.
  /// Asked under the append lock: without it no process replaces the file.
  void compare(const disk::FileStatus& status);
  /// The log has to be begun anew: another file has its name, or this one is not what it was.
  [[nodiscard]] bool is_replaced() const { return is_replaced_; }

  /// Takes in, record by record, what lies behind the end: other processes' records, or what a
  /// crash left. It is durable. Reports what is damaged. Errors: kIo, kCorrupt. After them, or when
  /// it contradicts what is known, the log has to be begun anew.
  Status read_tail(std::uint64_t log_bytes);
  /// The same for durable records that were appended here, up to `end`.
  void take(const std::vector<ScannedRecord>& records, std::uint64_t end);
  /// Puts a view in memory, from the log if need be. Errors: kNotFound (it has ended), kIo,
  /// kCorrupt.
  Status load_view(View view);
  /// The log was rewritten into this file: the same messages in other places.
  void adopt(const Rewriter& rewriter, std::shared_ptr<LogFile> log);

  /// nullptr before the first begin(), and never again.
  [[nodiscard]] const std::shared_ptr<LogFile>& log() const { return log_; }
  /// Behind the last record that is known.
  [[nodiscard]] std::uint64_t end() const { return coverage_.end; }
  /// Which loading of the log it is.
  [[nodiscard]] std::uint64_t loads() const { return loads_; }
  /// The next message's; kNoSequence: none is left.
  [[nodiscard]] std::uint64_t next_sequence() const { return coverage_.next_sequence; }
  /// Whether a message has this uid, or had it.
  [[nodiscard]] bool is_taken(const std::string& uid) const;
  [[nodiscard]] bool has_view(View view) const { return views_.has(view); }
  /// One that is in memory.
  [[nodiscard]] const KnownViews::State& view(View view) const { return views_.at(view); }
  /// What is known of the views together; load_view() of any makes it complete.
  [[nodiscard]] const KnownViews& views() const { return views_; }
  /// Puts those of the views that are in memory in the place of what is there.
  void give_snapshots(std::vector<std::pair<View, Snapshot>>& target) const;
  /// The sequence numbers of these messages of a session. Errors: kIo: its log was replaced, and
  /// they are not the same messages any more.
  [[nodiscard]] Result<SequenceSet> still_meant(const Snapshot& seen,
                                                const std::vector<MessageNumber>& numbers) const;

  /// Writes the index if it would save a later start enough reading.
  Status save_index();
  /// An estimate, for bounding the memory of idle maildrops.
  [[nodiscard]] std::uint64_t memory_bytes() const;
  void report(DamagedRegion region, std::string what) const;

 private:
  struct Said;

  [[nodiscard]] bool is_overwritten(std::uint64_t log_bytes) const;
  [[nodiscard]] bool is_successor_of(const std::shared_ptr<const LogFile>& log) const;
  void note(const ScannedRecord& record);
  Status scan_views();

  const Environment& environment_;
  std::shared_ptr<LogFile> log_;
  std::uint64_t loads_ = 0;  // How often the log was read from its start or an index.
  Coverage coverage_;
  std::shared_ptr<UidPool> uids_;
  KnownViews views_;
  std::uint64_t indexed_end_ = 0;    // What the index file covers.
  bool is_replaced_ = false;
  bool has_diverged_ = false;  // Its knowledge differs from that of other processes: no index.
  std::vector<std::weak_ptr<const LogFile>> predecessors_;  // What we ourselves rewrote.
};

}  // namespace restante::maildrop::log
