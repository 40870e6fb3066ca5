// Loading a maildrop's log and catching up with what other processes, or a crash, left in it: all
// that changes what is known of it. append_mutex_ is held throughout.
#include <algorithm>

#include "maildrop/log/entries.h"
#include "maildrop/log/history.h"
#include "maildrop/log/maildrop.h"

namespace restante::maildrop::log {
namespace {

constexpr std::chrono::milliseconds kLookAtLock{20};
constexpr int kReplacedMax = 8;  // How often in a row others may put a new file in place.

/// True when a message has a number that was given before: whoever wrote it could not read the one
/// that has it for us.
bool gives_number_anew(const std::vector<ScannedRecord>& records, std::uint64_t next_sequence) {
  return std::ranges::any_of(records, [&](const ScannedRecord& record) {
    return record.header.type == RecordType::kMessage && record.header.key < next_sequence;
  });
}

}  // namespace

/// The log that has the name. It is the one that we have, when its end was only cut or overwritten:
/// then its locks, and that we gave it up, stay. append_mutex_ is held.
Result<std::shared_ptr<LogFile>> Maildrop::open_log(Creation creation) {
  RESTANTE_TRY(auto opened, LogFile::open(environment_, account_, creation));
  std::shared_ptr<LogFile> log = std::move(opened);
  if (!log_) return log;
  RESTANTE_TRY(const disk::FileStatus now, log->file().status());
  RESTANTE_TRY(const disk::FileStatus before, log_->file().status());
  if (before.identity != now.identity) return log;
  if (log->header().generation == log_->header().generation) return log_;
  if (log_->is_poisoned()) log->poison();
  return log;
}

/// Once it was waited for in vain, a lock is only looked at until somebody gets it: those who stand
/// behind the one that waited have waited as long. append_mutex_ is held.
Result<LogFile::AppendLock> Maildrop::lock_append(LogFile& log) {
  static const disk::Patience look = disk::patience_of(kLookAtLock);
  auto lock = log.lock_append(is_stuck_ ? look : environment_.patience);
  is_stuck_ = !lock && lock.error().code == Errc::kTimeout;
  return lock;
}

/// Opens the log and takes what the index knows; the rest is catch_up()'s. append_mutex_ is held.
Status Maildrop::load(Creation creation) {
  if (log_ && !is_replaced_) return ok();
  RESTANTE_TRY(auto log, open_log(creation));
  RESTANTE_TRY(const LogFile::AppendLock lock, lock_append(*log));
  RESTANTE_TRY(const disk::FileStatus status, log->file().status());
  std::optional<IndexContent> index;
  if (!has_diverged_) index = load_index(environment_, *log, status.size);
  if (!index) {
    index.emplace();
    index->coverage.end = log->start();
    index->coverage.next_sequence = to_number(log->header().first_sequence);
    index->uids = std::make_shared<UidPool>();
    index->messages = std::make_shared<MessageList>(index->uids);
  }
  publish(std::move(log), std::move(*index));
  return ok();
}

void Maildrop::publish(std::shared_ptr<LogFile> log, IndexContent content) {
  uids_ = std::move(content.uids);
  coverage_ = content.coverage;
  indexed_end_ = coverage_.end;
  is_replaced_ = false;
  has_diverged_ = false;
  predecessors_.clear();
  const std::lock_guard guard(mutex_);
  ++loads_;
  locks_.move_to(*log);
  views_.clear();
  views_[View::kDefault] = {std::move(content.messages), std::move(content.retrieved)};
  end_ = coverage_.end;
  is_behind_ = false;
  log_ = std::move(log);
}

Status Maildrop::load_once(Creation creation) {
  {
    const std::lock_guard guard(mutex_);
    if (log_) return ok();
  }
  const std::lock_guard guard(append_mutex_);
  return load(creation);
}

/// Loads the log if need be, takes the append lock and catches up. append_mutex_ is held.
Result<Maildrop::Turn> Maildrop::take_turn(Purpose purpose, Creation creation) {
  for (int attempt = 0; attempt < kReplacedMax; ++attempt) {
    RESTANTE_CHECKED(load(creation));
    std::shared_ptr<LogFile> log = log_;
    RESTANTE_TRY(LogFile::AppendLock lock, lock_append(*log));
    RESTANTE_TRY(const disk::FileStatus status, log->file().status());
    // Asked under the lock: nobody replaces the file of a lock that he does not hold.
    is_replaced_ = status.links == 0 || status.size < end_ || is_overwritten(*log, status.size);
    if (is_replaced_) continue;
    if (purpose == Purpose::kAppend) RESTANTE_CHECKED(log->check_appendable());
    RESTANTE_CHECKED(catch_up(status.size, purpose));
    if (is_replaced_) continue;
    return Turn{std::move(log), std::move(lock)};
  }
  return Error(Errc::kIo, "the log is replaced again and again: " + log_->paths().log);
}

/// True when the log grew behind another record than the one that we know as its last: another
/// process took that one, damaged, for a torn append, and cut it. append_mutex_ is held.
bool Maildrop::is_overwritten(const LogFile& log, std::uint64_t log_bytes) const {
  const bool grew = log_bytes > end_ && coverage_.last_record != 0;
  return grew && !log.is_poisoned() && !is_log_of(log, coverage_);
}

/// Takes in what lies behind end_: other processes' records, or what a crash left. append_mutex_
/// and the append lock are held, so nobody is writing.
Status Maildrop::catch_up(std::uint64_t log_bytes, Purpose purpose) {
  if (log_->is_poisoned()) {
    // Reading goes on with what was synced before; but a part must not pass for the whole.
    return is_behind_ ? Status(Error(Errc::kIo, "unread after a failed sync")) : ok();
  }
  if (log_bytes == end_) return ok();
  std::vector<ScannedRecord> records;
  RESTANTE_TRY(const ScanResult scan,
               scan_log(log_->file(), log_->header().seed, {end_, log_bytes, true},
                        [&](ScannedRecord&& record) { records.push_back(std::move(record)); }));
  // Another process found damage where we know a message, in memory or by an index, and gave its
  // number anew. What we know must not stand for the log: a QUIT would delete the new message.
  if (end_ > log_->start() && gives_number_anew(records, coverage_.next_sequence)) {
    report({end_, log_bytes - end_}, "a sequence number was given twice: the log is read anew");
    is_replaced_ = has_diverged_ = true;
    return ok();
  }
  // Its writer may have been killed before its sync: what a reader sees must not vanish later.
  if (!records.empty()) RESTANTE_CHECKED(sync_unread());
  for (const DamagedRegion& region : scan.damaged)
    report(region, "damaged: no record can be read here");
  apply(records);
  {
    const std::lock_guard guard(mutex_);
    end_ = coverage_.end = scan.whole_end;
  }
  return scan.whole_end == log_bytes ? ok() : repair_tail(log_bytes, purpose);
}

Status Maildrop::sync_unread() {
  Status synced = log_->sync();
  const std::lock_guard guard(mutex_);
  is_behind_ = !synced;
  return synced;
}

/// Cuts what no whole record follows. When that fails, readers go on, and appending has to wait.
Status Maildrop::repair_tail(std::uint64_t size, Purpose purpose) {
  report({end_, size - end_}, "incomplete at the end of the log: set aside");
  Status cut = log_->cut_tail(end_, size);
  if (!cut && purpose == Purpose::kAppend) return cut;
  return ok();
}

MessageEntry Maildrop::to_entry(const ScannedRecord& record) {
  MessageEntry entry;
  entry.info = to_info(record.header);
  entry.body_offset = record.body_offset;
  if (!record.header.uid.empty()) entry.uid = uids_->add(record.header.uid);
  return entry;
}

std::uint64_t Maildrop::last_sequence_of(const ScannedRecord& record) {
  if (record.header.type == RecordType::kMessage) return record.header.key;
  std::uint64_t last = 0;
  const RecordContent& content = record.content;
  for (const SequenceSet* set : {&content.deletions, &content.undeletions, &content.retrievals})
    if (!set->empty()) last = std::max(last, set->ranges().back().last);
  return last;
}

/// What records say of a view, together.
struct Maildrop::Changes {
  SequenceSum deleted;
  SequenceSum retrieved;
  bool undeleted = false;
};

/// Publishes records that are durable. append_mutex_ is held.
void Maildrop::apply(const std::vector<ScannedRecord>& records) {
  std::map<View, Changes> changes;
  std::vector<UidHash> forgotten;
  for (const ScannedRecord& record : records) {
    // A number that a record names was given out, even if damage took the message itself.
    const std::uint64_t last = last_sequence_of(record);
    coverage_.next_sequence =
        std::max(coverage_.next_sequence, last == kNoSequence ? kNoSequence : last + 1);
    if (!record.intact)
      report({record.offset, record.end - record.offset}, describe_damage(record.header.type));
    if (record.intact) {
      coverage_.last_record = record.offset;
      coverage_.last_checksum = record.header_checksum;
    }
    if (record.header.type != RecordType::kMessage) {
      const View view = view_of(record.header);
      Changes& change = changes[view];
      change.deleted.add(record.content.deletions);
      change.retrieved.add(record.content.retrievals);
      change.undeleted = change.undeleted || !record.content.undeletions.empty();
      forgotten.insert(forgotten.end(), record.content.forgotten.begin(),
                       record.content.forgotten.end());
      continue;
    }
    const MessageEntry entry = to_entry(record);
    const std::lock_guard guard(mutex_);
    for (auto& [view, state] : views_) state.messages->append(entry);
  }
  uids_->forget(forgotten);
  for (auto& [view, change] : changes) {
    if (const auto at = views_.find(view); at != views_.end())
      at->second.retrieved.add(change.retrieved.merged());
    forget(view, change.deleted.merged());
    // Where they belong in the list, the log knows: load_view() reads it when the view is wanted.
    const std::lock_guard guard(mutex_);
    if (change.undeleted) views_.erase(view);
  }
  count_memory();
}

/// Puts a list without these in place; sessions keep the old one. append_mutex_ is held, so the
/// list does not change while it is copied.
void Maildrop::forget(View view, const SequenceSet& deleted) {
  const auto at = views_.find(view);
  if (at == views_.end() || deleted.empty()) return;
  at->second.retrieved.remove(deleted);
  const MessageList& before = *at->second.messages;
  auto after = std::make_shared<MessageList>(uids_);
  auto range = deleted.ranges().begin();
  for (std::uint32_t i = 0; i < before.count(); ++i) {
    const std::uint64_t sequence = to_number(before[i].info.sequence);
    while (range != deleted.ranges().end() && range->last < sequence) ++range;
    if (range == deleted.ranges().end() || sequence < range->first) after->append(before[i]);
  }
  const std::lock_guard guard(mutex_);
  at->second.messages = std::move(after);
}

/// An estimate, for bounding the memory of idle maildrops. append_mutex_ is held.
void Maildrop::count_memory() {
  std::uint64_t bytes = uids_->memory_bytes();
  for (const auto& [view, state] : views_) bytes += state.messages->count() * sizeof(MessageEntry);
  memory_.set(bytes);
}

/// Reads a view that is not in memory. append_mutex_ is held, and we have caught up.
Status Maildrop::load_view(View view) {
  if (views_.contains(view)) return ok();
  History history;
  std::vector<MessageEntry> entries;
  RESTANTE_CHECKED(scan_log(log_->file(), log_->header().seed, {log_->start(), end_, false},
                            [&](ScannedRecord&& record) {
                              history.apply(record);
                              if (record.header.type == RecordType::kMessage)
                                entries.push_back(to_entry(record));
                            }));
  ViewState state;
  state.messages = std::make_shared<MessageList>(uids_);
  std::vector<Sequence> retrieved;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (history.deleted_at(view, i)) continue;
    state.messages->append(entries[i]);
    if (history.retrieved_at(view, i)) retrieved.push_back(history.sequence(i));
  }
  state.retrieved = SequenceSet(retrieved);
  {
    const std::lock_guard guard(mutex_);
    views_[view] = std::move(state);
  }
  count_memory();
  return ok();
}

}  // namespace restante::maildrop::log
