#include "maildrop/log/drop/known_log.h"

#include <algorithm>

#include "maildrop/log/drop/rewriter.h"
#include "maildrop/log/file/entries.h"
#include "maildrop/log/file/history.h"

namespace restante::maildrop::log {
namespace {

bool is_same(const ScannedRecord& record, const MessageInfo& info) {
  return record.header.body_checksum == info.wire_checksum && record.header.time == info.arrived &&
         record.header.body_bytes == info.wire_bytes;
}

std::uint64_t last_sequence_of(const ScannedRecord& record) {
  if (record.header.type == RecordType::kMessage) return record.header.key;
  std::uint64_t last = 0;
  const RecordContent& content = record.content;
  for (const SequenceSet* set : {&content.deletions, &content.everywhere, &content.undeletions,
                                 &content.retrievals, &content.unseen})
    if (!set->empty()) last = std::max(last, set->ranges().back().last);
  return last;
}

}  // namespace

// Which log.

Result<std::shared_ptr<LogFile>> KnownLog::open(const std::string& account,
                                                Creation creation) const {
  RESTANTE_TRY(auto opened, LogFile::open(environment_, account, creation));
  std::shared_ptr<LogFile> log = std::move(opened);
  if (!log_) return log;
  RESTANTE_TRY(const disk::FileStatus now, log->file().status());
  RESTANTE_TRY(const disk::FileStatus before, log_->file().status());
  if (before.identity != now.identity) return log;
  if (log->header().generation == log_->header().generation) return log_;
  // The same file: what a failed sync has left unknown is not known by another descriptor.
  if (log_->is_poisoned()) log->poison();
  return log;
}

void KnownLog::begin(std::shared_ptr<LogFile> log, std::uint64_t log_bytes) {
  std::optional<IndexContent> index;
  if (!has_diverged_) index = load_index(environment_, *log, log_bytes);
  if (!index) {
    index.emplace();
    index->coverage.end = log->start();
    index->coverage.next_sequence = to_number(log->header().first_sequence);
    index->uids = std::make_shared<UidPool>();
    index->messages = std::make_shared<MessageList>(index->uids);
  }
  uids_ = index->uids;
  coverage_ = index->coverage;
  indexed_end_ = coverage_.end;
  is_replaced_ = false;
  has_diverged_ = false;
  predecessors_.clear();
  ++loads_;
  views_.begin(*index);
  log_ = std::move(log);
}

void KnownLog::compare(const disk::FileStatus& status) {
  is_replaced_ = status.links == 0 || status.size < end() || is_overwritten(status.size);
}

/// True when the log grew behind another record than the one that we know as its last: another
/// process took that one, damaged, for a torn append, and cut it.
bool KnownLog::is_overwritten(std::uint64_t log_bytes) const {
  const bool grew = log_bytes > end() && coverage_.last_record != 0;
  return grew && !log_->is_poisoned() && !is_log_of(*log_, coverage_);
}

bool KnownLog::is_successor_of(const std::shared_ptr<const LogFile>& log) const {
  return std::ranges::any_of(predecessors_,
                             [&](const auto& before) { return before.lock() == log; });
}

/// If the log's file was replaced since the session started, by a rewriting or, who knows, by a
/// copy from somewhere else, they must be the same messages still.
Result<SequenceSet> KnownLog::still_meant(const Snapshot& seen,
                                          const std::vector<MessageNumber>& numbers) const {
  std::vector<Sequence> sequences;
  sequences.reserve(numbers.size());
  for (const MessageNumber number : numbers) sequences.push_back(seen.entry(number).info.sequence);
  SequenceSet set(sequences);
  const bool is_ours = seen.log == log_ || is_successor_of(seen.log);
  if (is_ours && seen.load == loads_) return set;
  std::map<Sequence, const MessageInfo*> meant;
  for (const MessageNumber number : numbers) {
    const MessageInfo& info = seen.entry(number).info;
    meant[info.sequence] = &info;
  }
  bool same = seen.log->header().id == log_->header().id;
  RESTANTE_CHECKED(scan_log(log_->file(), log_->header().seed, {log_->start(), end(), false},
                            [&](ScannedRecord&& record) {
                              if (record.header.type != RecordType::kMessage) return;
                              const auto at = meant.find(Sequence{record.header.key});
                              same = same && (at == meant.end() || is_same(record, *at->second));
                            }));
  if (!same) return Error(Errc::kIo, "the log is another one now: " + log_->paths().log);
  return set;
}

// What it says.

namespace {

/// Another process found damage where we know a message, in memory or by an index, and gave its
/// number anew. What we know must not stand for the log: a QUIT would delete the new message.
bool gives_number_anew(const ScannedRecord& record, std::uint64_t next_sequence) {
  return record.header.type == RecordType::kMessage && record.header.key < next_sequence;
}

}  // namespace

/// What records say, message by message, and of the views together.
struct KnownLog::Said {
  void add_message(const ScannedRecord& record) {
    known.views_.append(entry_of(record, *known.uids_));
  }
  void change(View view, const RecordContent& content, WallTime /*time*/) {
    changes.change(view, content);
  }
  void set_view(View view, const RecordContent& content) {
    changes.set.emplace_back(view, content);
  }
  void end_view(View view) { changes.ended.push_back(view); }
  void forget(const std::vector<UidHash>& hashes) {
    forgotten.insert(forgotten.end(), hashes.begin(), hashes.end());
  }
  /// All of it is in force.
  void apply() {
    known.uids_->forget(forgotten);
    known.views_.apply(changes);
  }

  KnownLog& known;
  ViewChanges changes{};
  std::vector<UidHash> forgotten{};
};

/// A million records are never in memory at once: messages are taken in as they are read, and what
/// is said of them together at the end.
Status KnownLog::read_tail(std::uint64_t log_bytes) {
  const std::uint64_t given = end() > log_->start() ? coverage_.next_sequence : 0;
  bool is_given_anew = false;
  Said said{*this};
  const auto take_in = [&](const ScannedRecord& record) {
    is_given_anew = is_given_anew || gives_number_anew(record, given);
    if (is_given_anew) return;
    note(record);
    replay(record, said);
  };
  is_replaced_ = true;  // Half of it must not stand for the whole.
  RESTANTE_TRY(const ScanResult scan,
               scan_log(log_->file(), log_->header().seed, {end(), log_bytes, true}, take_in));
  if (is_given_anew) {
    report({end(), log_bytes - end()}, "a sequence number was given twice: the log is read anew");
    has_diverged_ = true;
    return ok();
  }
  is_replaced_ = false;
  for (const DamagedRegion& region : scan.damaged)
    report(region, "damaged: no record can be read here");
  said.apply();
  coverage_.end = scan.whole_end;
  return ok();
}

void KnownLog::take(const std::vector<ScannedRecord>& records, std::uint64_t end) {
  Said said{*this};
  for (const ScannedRecord& record : records) {
    note(record);
    replay(record, said);
  }
  said.apply();
  coverage_.end = end;
}

/// How far the log goes with it.
void KnownLog::note(const ScannedRecord& record) {
  // A number that a record names was given out, even if damage took the message itself.
  const std::uint64_t last = last_sequence_of(record);
  coverage_.next_sequence =
      std::max(coverage_.next_sequence, last == kNoSequence ? kNoSequence : last + 1);
  if (!record.intact) {
    report({record.offset, record.end - record.offset}, describe_damage(record.header.type));
    return;
  }
  coverage_.last_record = record.offset;
  coverage_.last_checksum = record.header_checksum;
}

Status KnownLog::load_view(View view) {
  if (views_.load(view)) return ok();
  if (views_.table()->has_ended(view))
    return Error(Errc::kNotFound, "the view has ended: " + log_->header().account);
  if (!views_.table()->is_live(view)) views_.mention(view);
  RESTANTE_CHECKED(scan_views());
  (void)views_.load(view);
  return ok();
}

Status KnownLog::scan_views() {
  History history;
  std::vector<MessageEntry> entries;
  RESTANTE_CHECKED(scan_log(log_->file(), log_->header().seed, {log_->start(), end(), false},
                            [&](ScannedRecord&& record) {
                              history.apply(record);
                              if (record.header.type == RecordType::kMessage)
                                entries.push_back(entry_of(record, *uids_));
                            }));
  views_.reload(entries, history);
  return ok();
}

/// Messages are known by their old places, since a damaged log may hold a number twice, or a lower
/// one behind a higher.
void KnownLog::adopt(const Rewriter& rewriter, std::shared_ptr<LogFile> log) {
  const LogBuilder& built = rewriter.built();
  auto uids = std::make_shared<UidPool>();
  for (const std::string& uid : built.uids()) uids->add(uid);
  uids->forget(rewriter.forgotten());
  std::vector<LogBuilder::Placed> places = built.messages();
  std::ranges::sort(places, {}, &LogBuilder::Placed::from);
  views_.move_to(uids, [&](MessageEntry entry) -> std::optional<MessageEntry> {
    const auto placed =
        std::ranges::lower_bound(places, entry.body_offset, {}, &LogBuilder::Placed::from);
    if (placed == places.end() || placed->from != entry.body_offset) return std::nullopt;
    entry.body_offset = placed->to;
    if (entry.uid) entry.uid = uids->find(*entry.uid);
    return entry;
  });
  uids_ = std::move(uids);
  coverage_.end = built.end();
  coverage_.last_record = built.last_record();
  coverage_.last_checksum = built.last_checksum();
  indexed_end_ = 0;
  std::erase_if(predecessors_, [](const auto& before) { return before.expired(); });
  predecessors_.push_back(std::exchange(log_, std::move(log)));
}

// What is asked of it.

bool KnownLog::is_taken(const std::string& uid) const {
  return uids_->is_taken(uid) || uid.starts_with(log_->uid_prefix());
}

void KnownLog::give_snapshots(std::vector<std::pair<View, Snapshot>>& target) const {
  target.clear();
  for (const auto& [view, state] : views_.states()) {
    if (!views_.has(view)) continue;
    const MessageList& list = *state.messages;
    target.emplace_back(view, Snapshot{log_, state.messages, list.count(), list.octets(), loads_,
                                       views_.table()->others_decide(view)});
  }
}

Status KnownLog::save_index() {
  if (!log_ || log_->is_poisoned() || is_replaced_ || environment_.is_place_lost()) return ok();
  if (!views_.load(View::kDefault)) return ok();
  // A maildrop that was purged meanwhile leaves nothing behind.
  const auto status = log_->file().status();
  if (!status || status->links == 0) return ok();
  // A large index is written less often: it has to save more than writing it costs.
  const std::uint64_t worth = environment_.index_worth_bytes + 4ULL * views_.all()->count();
  if (coverage_.last_record == 0 || end() < indexed_end_ + worth) return ok();
  IndexContent content;
  content.coverage = coverage_;
  content.uids = uids_;
  views_.fill(content);
  RESTANTE_CHECKED(log::save_index(environment_, *log_, content));
  indexed_end_ = end();
  return ok();
}

std::uint64_t KnownLog::memory_bytes() const {
  return uids_->memory_bytes() + views_.memory_bytes();
}

void KnownLog::report(DamagedRegion region, std::string what) const {
  environment_.report({log_->header().account, region.offset, region.bytes, std::move(what)});
}

}  // namespace restante::maildrop::log
