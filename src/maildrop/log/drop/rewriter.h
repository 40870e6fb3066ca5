// Makes a new file of a log: without messages that can no longer be asked for, or without damage.
// Knows files, neither locks nor users: what must hold meanwhile is MaildropUpkeep's.
//
// Order: survey(), then plan_reclaiming(), plan_repair() or plan_healing(); if it is worth it:
// begin(), copy_kept(), copy_tail() as often as need be, finish(). Until the caller renames the new
// file, nothing has happened; a Rewriter that is destroyed before takes it away again.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "maildrop/log/file/donor.h"
#include "maildrop/log/file/history.h"
#include "maildrop/log/file/log_builder.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/file/message_list.h"

namespace restante::maildrop::log {

/// What memory knows of the views at one moment.
struct PresentViews {
  std::shared_ptr<const MessageList> all;  ///< That any view sees.
  std::uint32_t count = 0;                 ///< Of those, the first.
  ViewTable table;
  std::map<View, SequenceSet> missing;  ///< What each live view does not see of them.
};

/// Which messages a rewriting may drop.
struct Reclaiming {
  WallTime deleted_before{};  ///< Only what was deleted last before that.
  std::vector<View> holding;  ///< Only what none of these sees; where none holds, no view at all.
  bool trash_purges = false;  ///< What the trash has hidden need not wait.
};

class Rewriter {
 public:
  /// Nothing is owned but `source`.
  Rewriter(const Environment& environment, std::shared_ptr<const LogFile> source, const Pace& pace)
      : environment_(environment), source_(std::move(source)), pace_(pace) {}
  Rewriter(const Rewriter&) = delete;
  Rewriter& operator=(const Rewriter&) = delete;
  ~Rewriter();

  /// Reads the log up to `end`, with the bodies if they are to be verified. Errors: kIo, kCorrupt,
  /// kClosed.
  Status survey(std::uint64_t end, bool verify_bodies);
  /// Looks at both copies of the log's header. Errors: kIo.
  Status survey_headers();
  /// If anything was, what is in memory of the views, at the same end, may know better: a message
  /// whose record is lost is written again, and so is a deletion, an undeletion or a view.
  [[nodiscard]] bool found_damage() const { return !damaged_.empty(); }
  /// One of them was an undeletion or a view: what it brought back, or what waited for the view,
  /// may look as if no view wanted it.
  [[nodiscard]] bool lost_what_keeps() const { return lost_what_keeps_; }
  void reconcile(const PresentViews& now);

  /// Drops what is not needed any more.
  void plan_reclaiming(const Reclaiming& rule);
  /// Drops damaged messages; what is dropped. Errors: kIo.
  Result<std::vector<SetAside>> plan_repair();
  /// Keeps all there is, and takes the bodies of damaged messages from `copy`, a log of the same
  /// maildrop, where it has the very same; `copy` outlives the rewriting. Nothing healed: there is
  /// nothing to rewrite. Errors: kIo, kState (another maildrop's), kCorrupt (no header), kClosed.
  Result<HealReport> plan_healing(disk::File& copy);
  /// After a plan: messages kept, and the bytes of the new file.
  [[nodiscard]] std::uint64_t kept_messages() const { return kept_messages_; }
  [[nodiscard]] std::uint64_t new_bytes() const { return new_bytes_; }
  /// Of what is kept: bytes of messages that left every view, and when the first of them will have.
  [[nodiscard]] std::uint64_t waiting_bytes() const { return waiting_bytes_; }
  [[nodiscard]] WallTime first_waiting() const { return first_waiting_; }

  /// Keeps what is damaged beside the log, durably, and makes the new file. Errors: kIo, kFull.
  Status begin(Sequence next_sequence);
  /// Errors: kIo, kFull, kClosed.
  Status copy_kept();
  /// Copies all records from where it stands to `to`, waiting as `pace` says, if given. Errors: kIo
  /// (also for damage there: the next survey knows what to do about it), kFull, kClosed, kBusy: a
  /// message that would be dropped has come back meanwhile.
  Status copy_tail(std::uint64_t to, const Pace* pace);
  /// Makes the new file's content durable.
  Status sync() { return file_->sync(); }
  Status finish() { return builder_->finish(environment_.clock.now()); }

  /// How far the source is copied.
  [[nodiscard]] std::uint64_t copied_end() const { return copied_end_; }
  [[nodiscard]] const LogBuilder& built() const { return *builder_; }
  /// Hashes of all uids whose messages are gone.
  [[nodiscard]] const std::vector<UidHash>& forgotten() const { return forgotten_; }
  [[nodiscard]] bool is_of(const LogFile& log) const { return source_.get() == &log; }
  /// The new file, before take_log().
  [[nodiscard]] disk::File& file() const { return *file_; }
  /// The new file as a log; from now on it is the caller's to take away.
  std::unique_ptr<LogFile> take_log();

 private:
  struct Message {
    std::uint64_t bytes;  // Of the record, with padding.
    bool intact;
    bool kept;
  };
  struct Summary {
    RecordHeader header;
    std::string body;
  };

  struct Survey;
  void note_damage(const ScannedRecord& record);
  void summarize();
  void add_summary(RecordType type, View view, WallTime time, const RecordContent& content);
  void summarize_views();
  void summarize_view(View view);
  [[nodiscard]] std::optional<WallTime> last_deletion(const std::vector<View>& views,
                                                      std::size_t index) const;
  [[nodiscard]] bool drops_any(const SequenceSet& sequences) const;
  [[nodiscard]] bool drops_any_of(View view, const SequenceSet& unseen) const;
  Status copy_orphans(std::uint64_t before);
  Status copy_message(const ScannedRecord& record, const Pace* pace);
  Result<bool> is_body_intact(const MessageEntry& entry);

  const Environment& environment_;
  const std::shared_ptr<const LogFile> source_;
  const Pace& pace_;

  // Found by survey().
  std::uint64_t surveyed_end_ = 0;
  bool bodies_verified_ = false;  // By the survey.
  std::uint64_t whole_end_ = 0;   // Behind the last whole record before it.
  History history_;
  std::vector<Message> messages_;                          // As history_.
  std::vector<std::pair<std::size_t, UidHash>> imported_;  // Index of the message, its uid.
  std::vector<UidHash> forgotten_;
  std::vector<SetAside> damaged_;
  std::vector<RecordHeader> damaged_messages_;  // Their headers, of those in damaged_.
  bool lost_what_keeps_ = false;
  std::vector<MessageEntry> orphans_;          // In memory, not in the log any more. Ascending.
  std::map<View, SequenceSet> known_missing_;  // What memory says that a view does not see.

  // Planned.
  disk::File* donor_ = nullptr;     // Not owned.
  FoundBodies donated_;             // In it.
  std::vector<Summary> summaries_;  // What is kept of deletions and the like.
  std::uint64_t kept_messages_ = 0;
  std::uint64_t new_bytes_ = 0;
  std::uint64_t waiting_bytes_ = 0;
  WallTime first_waiting_ = WallTime::max();

  // Made.
  LogHeader header_;
  std::unique_ptr<disk::File> file_;
  std::optional<LogBuilder> builder_;
  std::uint64_t copied_end_ = 0;
  std::size_t next_orphan_ = 0;
  bool taken_ = false;
};

}  // namespace restante::maildrop::log
