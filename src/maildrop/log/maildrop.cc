#include "maildrop/log/maildrop.h"

#include <algorithm>

#include "maildrop/log/entries.h"
#include "maildrop/log/history.h"
#include "maildrop/log/uid.h"

namespace restante::maildrop::log {
namespace {

Status check_quota(const NewMessage& message, const Usage& before) {
  const Quota& quota = message.quota;
  if (quota.messages != 0 && before.messages >= quota.messages)
    return Error(Errc::kLimit, "quota: messages");
  if (quota.octets != 0 &&
      (message.octets > quota.octets || before.octets > quota.octets - message.octets))
    return Error(Errc::kLimit, "quota: octets");
  return ok();
}

bool is_same(const ScannedRecord& record, const MessageInfo& info) {
  return record.header.body_checksum == info.wire_checksum && record.header.time == info.arrived &&
         record.header.body_bytes == info.wire_bytes;
}

constexpr int kReplacedMax = 8;  // How often in a row others may put a new file in place.

}  // namespace

Maildrop::Maildrop(const Environment& environment, std::string account)
    : environment_(environment), account_(std::move(account)) {}

bool Maildrop::is_poisoned() const {
  const std::lock_guard guard(mutex_);
  return log_ && log_->is_poisoned();
}

void Maildrop::report(DamagedRegion region, std::string what) const {
  environment_.report({account_, region.offset, region.bytes, std::move(what)});
}

// Loading and catching up.

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

/// Opens the log and takes what the index knows; the rest is catch_up()'s. append_mutex_ is held.
Status Maildrop::load(Creation creation) {
  if (log_ && !is_replaced_) return ok();
  RESTANTE_TRY(auto log, open_log(creation));
  RESTANTE_TRY(const LogFile::AppendLock lock, log->lock_append());
  RESTANTE_TRY(const disk::FileStatus status, log->file().status());
  auto index = load_index(environment_, *log, status.size);
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
  predecessors_.clear();
  const std::lock_guard guard(mutex_);
  ++loads_;
  lost_views_.clear();
  for (const View view : open_views_)
    if (!log->file().try_lock(view_lock_at(view), 1)) lost_views_.insert(view);
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
    RESTANTE_TRY(LogFile::AppendLock lock, log->lock_append());
    RESTANTE_TRY(const disk::FileStatus status, log->file().status());
    // Asked under the lock: nobody replaces the file of a lock that he does not hold.
    is_replaced_ = status.links == 0 || status.size < end_ || is_overwritten(*log, status.size);
    if (is_replaced_) continue;
    if (purpose == Purpose::kAppend) RESTANTE_CHECKED(log->check_appendable());
    RESTANTE_CHECKED(catch_up(status.size, purpose));
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
  // Its writer may have been killed before its sync: what a reader sees must not vanish later.
  if (!records.empty()) RESTANTE_CHECKED(sync_unread());
  for (const DamagedRegion& region : scan.damaged)
    report(region, "damaged: no record can be read here");
  apply(std::move(records));
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

/// Publishes records that are durable. append_mutex_ is held.
void Maildrop::apply(std::vector<ScannedRecord> records) {
  std::map<View, SequenceSet> deleted;
  std::set<View> undeleted;
  for (const ScannedRecord& record : records) {
    // A number that a record names was given out, even if damage took the message itself.
    coverage_.next_sequence = std::max(coverage_.next_sequence, last_sequence_of(record) + 1);
    if (!record.intact)
      report({record.offset, record.end - record.offset}, describe_damage(record.header.type));
    if (record.intact) {
      coverage_.last_record = record.offset;
      coverage_.last_checksum = record.header_checksum;
    }
    if (record.header.type != RecordType::kMessage) {
      const View view = view_of(record.header);
      deleted[view].add(record.content.deletions);
      uids_->forget(record.content.forgotten);
      if (!record.content.undeletions.empty()) undeleted.insert(view);
      if (const auto at = views_.find(view); at != views_.end())
        at->second.retrieved.add(record.content.retrievals);
      continue;
    }
    const MessageEntry entry = to_entry(record);
    const std::lock_guard guard(mutex_);
    for (auto& [view, state] : views_) state.messages->append(entry);
  }
  for (const auto& [view, set] : deleted) forget(view, set);
  {
    // Where they belong in the list, the log knows: load_view() reads it when the view is wanted.
    const std::lock_guard guard(mutex_);
    for (const View view : undeleted) views_.erase(view);
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
  std::uint64_t entries = uids_->all().size();
  for (const auto& [view, state] : views_) entries += state.messages->count();
  memory_bytes_ = entries * sizeof(MessageEntry);
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

// Appending.

/// Appends durably and publishes. append_mutex_ and the append lock are held, and we have caught
/// up, so sessions may start meanwhile without asking the disk for the log's size.
Result<ScannedRecord> Maildrop::append(RecordHeader header, const RecordBody& body,
                                       RecordContent content) {
  {
    const std::lock_guard guard(mutex_);
    appending_ = true;
  }
  auto record = log_->append(end_, std::move(header), body);
  if (record) {
    record->content = std::move(content);
    apply({*record});
  }
  const std::lock_guard guard(mutex_);
  appending_ = false;
  if (record) end_ = coverage_.end = record->end;
  return record;
}

/// The same for a record that is no message.
Status Maildrop::append_content(RecordType type, View view, RecordContent content) {
  const std::string body = encode_content(type, content);
  if (body.size() > kListBytesMax) return Error(Errc::kLimit, "messages in one step");
  RecordHeader header;
  header.type = type;
  header.key = static_cast<std::uint32_t>(view);
  header.octets = count_of(type, content);
  header.time = environment_.clock.now();
  RESTANTE_CHECKED(append(std::move(header), {body, nullptr}, std::move(content)));
  return ok();
}

Status Maildrop::check_uid_is_free(const std::string& uid) const {
  if (uids_->is_taken(uid) || uid.starts_with(log_->uid_prefix()))
    return Error(Errc::kExists, "uid " + uid);
  return ok();
}

Result<Receipt> Maildrop::deliver(const NewMessage& message) {
  if (message.uid) RESTANTE_CHECKED(check_uid(*message.uid));
  const RecordBody body{message.prefix, &message.body};
  if (body.size() > limits::kMessageStoredBytesMax) return Error(Errc::kLimit, "message size");

  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kIfAbsent));
  if (message.uid) RESTANTE_CHECKED(check_uid_is_free(*message.uid));
  RESTANTE_CHECKED(load_view(View::kDefault));
  const MessageList& waiting = *views_.at(View::kDefault).messages;
  Receipt receipt;
  receipt.before = {waiting.count(), waiting.octets()};
  RESTANTE_CHECKED(check_quota(message, receipt.before));

  RecordHeader header;
  header.type = RecordType::kMessage;
  header.flags = message.flags.utf8_header ? kFlagUtf8Header : std::uint16_t{0};
  header.key = coverage_.next_sequence;
  header.octets = message.octets;
  header.time = message.arrived;
  header.uid = message.uid.value_or(std::string());
  RESTANTE_TRY(const ScannedRecord record, append(std::move(header), body, {}));
  receipt.sequence = Sequence{record.header.key};
  append_uid(log_->uid_prefix(), to_entry(record), receipt.uid);
  return receipt;
}

bool Maildrop::is_successor_of(const std::shared_ptr<const LogFile>& log) const {
  return std::ranges::any_of(predecessors_,
                             [&](const auto& before) { return before.lock() == log; });
}

/// The sequence numbers of these messages of a session. If the log's file was replaced since it
/// started, by a rewriting or, who knows, by a copy from somewhere else, they must be the same
/// messages still. append_mutex_ is held.
Result<SequenceSet> Maildrop::still_meant(const Snapshot& seen,
                                          const std::vector<MessageNumber>& numbers) {
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
  RESTANTE_CHECKED(scan_log(log_->file(), log_->header().seed, {log_->start(), end_, false},
                            [&](ScannedRecord&& record) {
                              if (record.header.type != RecordType::kMessage) return;
                              const auto at = meant.find(Sequence{record.header.key});
                              same = same && (at == meant.end() || is_same(record, *at->second));
                            }));
  if (!same) return Error(Errc::kIo, "the log is another one now: " + log_->paths().log);
  return set;
}

Status Maildrop::commit(View view, const Snapshot& seen, const SessionEnd& end) {
  if (end.deleted.empty() && end.retrieved.empty()) return ok();
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  {
    const std::lock_guard reading(mutex_);
    if (lost_views_.contains(view))
      return Error(Errc::kIo, "the log was replaced, and another session has it: " + account_);
  }
  RecordContent content;
  RESTANTE_TRY(auto deletions, still_meant(seen, end.deleted));
  RESTANTE_TRY(auto retrievals, still_meant(seen, end.retrieved));
  RESTANTE_CHECKED(load_view(view));
  content.deletions = std::move(deletions);
  content.retrievals = std::move(retrievals);
  content.retrievals.remove(views_.at(view).retrieved);
  if (content.deletions.empty() && content.retrievals.empty()) return ok();
  // One record says both, so that all of it is in force, or nothing.
  const RecordType type =
      content.retrievals.empty() ? RecordType::kDeletion : RecordType::kRetrieval;
  return append_content(type, view, std::move(content));
}

Result<std::vector<std::string>> Maildrop::undelete(View view, const UndeleteRequest& request) {
  std::vector<std::string> uids;
  const std::lock_guard guard(append_mutex_);
  auto turn = take_turn(Purpose::kAppend, Creation::kNever);
  if (!turn && turn.error().code == Errc::kNotFound) return uids;
  if (!turn) return std::move(turn).error();
  RESTANTE_TRY(const auto entries, read_entries(*log_, end_, view));
  const std::set<std::string> wanted(request.uids.begin(), request.uids.end());
  std::vector<Sequence> sequences;
  for (const Store::Entry& entry : entries) {
    if (!entry.deleted_at || (request.since && *entry.deleted_at < *request.since)) continue;
    if (!wanted.empty() && !wanted.contains(entry.uid)) continue;
    sequences.push_back(entry.info.sequence);
    uids.push_back(entry.uid);
  }
  if (sequences.empty()) return uids;
  RecordContent content;
  content.undeletions = SequenceSet(sequences);
  RESTANTE_CHECKED(append_content(RecordType::kUndeletion, view, std::move(content)));
  return uids;
}

// Reading.

Result<Usage> Maildrop::usage() {
  Status loaded = load_once(Creation::kNever);
  if (!loaded && loaded.error().code == Errc::kNotFound) return Usage{};
  RESTANTE_CHECKED(loaded);
  RESTANTE_TRY(const Snapshot now, current(View::kDefault));
  return Usage{now.count, now.octets};
}

Result<std::vector<Store::Entry>> Maildrop::list(View view) {
  std::shared_ptr<LogFile> log;
  std::uint64_t end = 0;
  {
    const std::lock_guard guard(append_mutex_);
    auto turn = take_turn(Purpose::kRead, Creation::kNever);
    if (!turn && turn.error().code == Errc::kNotFound) return std::vector<Store::Entry>();
    if (!turn) return std::move(turn).error();
    log = turn->log;
    end = end_;
  }
  // No lock from here on: what lies before the end does not change.
  return read_entries(*log, end, view);
}

Status Maildrop::save_index() {
  const std::lock_guard guard(append_mutex_);
  if (!log_ || log_->is_poisoned() || is_replaced_) return ok();
  const auto found = views_.find(View::kDefault);
  if (found == views_.end()) return ok();
  // A large index is written less often: it has to save more than writing it costs.
  const ViewState& view = found->second;
  const std::uint64_t worth = environment_.index_worth_bytes + 4ULL * view.messages->count();
  if (coverage_.last_record == 0 || end_ < indexed_end_ + worth) return ok();
  IndexContent content{coverage_, uids_, view.messages, view.retrieved};
  RESTANTE_CHECKED(log::save_index(environment_, *log_, content));
  indexed_end_ = end_;
  return ok();
}

}  // namespace restante::maildrop::log
