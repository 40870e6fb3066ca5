#include "maildrop/log/maildrop.h"

#include <algorithm>

#include "maildrop/log/uid.h"

namespace restante::maildrop::log {
namespace {

MessageInfo to_info(const RecordHeader& header) {
  MessageInfo info;
  info.sequence = Sequence{header.key};
  info.octets = header.octets;
  info.wire_bytes = header.body_bytes;
  info.arrived = header.time;
  info.wire_checksum = header.body_checksum;
  info.flags.utf8_header = (header.flags & kFlagUtf8Header) != 0;
  return info;
}

View view_of(const RecordHeader& header) {
  return static_cast<View>(static_cast<std::uint32_t>(header.key));
}

std::uint64_t lock_offset(View view) { return kViewLocksAt + static_cast<std::uint32_t>(view); }

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

void Maildrop::append_uid(const MessageEntry& entry, std::string& out) const {
  if (entry.uid) {
    out += *entry.uid;
  } else {
    append_derived_uid(uid_prefix_, entry.info, out);
  }
}

// Loading and catching up.

/// Opens the log and takes what the index knows; the rest is catch_up()'s. append_mutex_ is held.
Status Maildrop::load(Creation creation) {
  if (log_) return ok();
  RESTANTE_TRY(auto log, LogFile::open(environment_, account_, creation));
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
  uids_ = std::move(index->uids);
  coverage_ = index->coverage;
  indexed_end_ = coverage_.end;
  const std::lock_guard guard(mutex_);
  uid_prefix_ = uid_prefix(log->header().id);
  views_[View::kDefault].messages = std::move(index->messages);
  end_ = coverage_.end;
  log_ = std::move(log);
  return ok();
}

Status Maildrop::load_once(Creation creation) {
  {
    const std::lock_guard guard(mutex_);
    if (log_) return ok();
  }
  const std::lock_guard guard(append_mutex_);
  return load(creation);
}

/// Takes in what lies behind end_: other processes' records, or what a crash left. append_mutex_
/// and the append lock are held, so nobody is writing.
Status Maildrop::catch_up(Purpose purpose) {
  if (log_->is_poisoned()) {
    // Reading goes on with what was synced before; but a part must not pass for the whole.
    return is_behind_ ? Status(Error(Errc::kIo, "unread after a failed sync")) : ok();
  }
  RESTANTE_TRY(const disk::FileStatus status, log_->file().status());
  if (status.links == 0 || status.size < end_) {
    stale_ = true;
    return Error(Errc::kIo, "the log was replaced: " + log_->paths().log);
  }
  if (status.size == end_) return ok();
  std::vector<ScannedRecord> records;
  RESTANTE_TRY(const ScanResult scan,
               scan_log(log_->file(), log_->header().seed, {end_, status.size, true},
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
  return scan.whole_end == status.size ? ok() : repair_tail(status.size, purpose);
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

/// Publishes records that are durable. append_mutex_ is held.
void Maildrop::apply(std::vector<ScannedRecord> records) {
  std::map<View, std::vector<DeletionSet>> deleted;
  for (const ScannedRecord& record : records) {
    const bool is_message = record.header.type == RecordType::kMessage;
    if (!record.intact)
      report({record.offset, record.end - record.offset},
             is_message ? "a message's body is damaged" : "a deletion is damaged");
    if (record.intact) {
      coverage_.last_record = record.offset;
      coverage_.last_checksum = record.header_checksum;
    }
    if (!is_message) {
      if (record.intact) deleted[view_of(record.header)].push_back(record.deletions);
      continue;
    }
    coverage_.next_sequence = std::max(coverage_.next_sequence, record.header.key + 1);
    const MessageEntry entry = to_entry(record);
    const std::lock_guard guard(mutex_);
    for (auto& [view, state] : views_) state.messages->append(entry);
  }
  for (const auto& [view, sets] : deleted) forget(view, DeletionSet::merge(sets));
}

/// Puts a list without these in place; sessions keep the old one. append_mutex_ is held, so the
/// list does not change while it is copied.
void Maildrop::forget(View view, const DeletionSet& deleted) {
  const auto at = views_.find(view);
  if (at == views_.end()) return;
  const MessageList& before = *at->second.messages;
  auto after = std::make_shared<MessageList>(uids_);
  for (std::uint32_t i = 0; i < before.count(); ++i)
    if (!deleted.contains(before[i].info.sequence)) after->append(before[i]);
  const std::lock_guard guard(mutex_);
  at->second.messages = std::move(after);
}

/// Reads a view for the first time. append_mutex_ is held, and we have caught up.
Status Maildrop::load_view(View view) {
  if (views_.contains(view)) return ok();
  std::vector<DeletionSet> deleted;
  auto messages = std::make_shared<MessageList>(uids_);
  RESTANTE_CHECKED(scan_log(log_->file(), log_->header().seed, {log_->start(), end_, false},
                            [&](ScannedRecord&& record) {
                              if (record.header.type == RecordType::kMessage) {
                                messages->append(to_entry(record));
                              } else if (record.intact && view_of(record.header) == view) {
                                deleted.push_back(record.deletions);
                              }
                            }));
  {
    const std::lock_guard guard(mutex_);
    views_[view].messages = std::move(messages);
  }
  if (!deleted.empty()) forget(view, DeletionSet::merge(deleted));
  return ok();
}

// Appending.

/// Appends durably and publishes. append_mutex_ and the append lock are held, and we have caught
/// up, so sessions may start meanwhile without asking the disk for the log's size.
Result<ScannedRecord> Maildrop::append(RecordHeader header, const RecordBody& body,
                                       DeletionSet deleted) {
  {
    const std::lock_guard guard(mutex_);
    appending_ = true;
  }
  auto record = log_->append(end_, std::move(header), body);
  if (record) {
    record->deletions = std::move(deleted);
    apply({*record});
  }
  const std::lock_guard guard(mutex_);
  appending_ = false;
  if (record) end_ = coverage_.end = record->end;
  return record;
}

Status Maildrop::check_uid_is_free(const std::string& uid) const {
  if (uids_->find(uid) != nullptr || uid.starts_with(uid_prefix_))
    return Error(Errc::kExists, "uid " + uid);
  return ok();
}

Result<Receipt> Maildrop::deliver(const NewMessage& message) {
  if (message.uid) RESTANTE_CHECKED(check_uid(*message.uid));
  const RecordBody body{message.prefix, &message.body};
  if (body.size() > limits::kMessageStoredBytesMax) return Error(Errc::kLimit, "message size");

  const std::lock_guard guard(append_mutex_);
  RESTANTE_CHECKED(load(Creation::kIfAbsent));
  RESTANTE_TRY(const LogFile::AppendLock lock, log_->lock_append());
  RESTANTE_CHECKED(catch_up(Purpose::kAppend));
  if (message.uid) RESTANTE_CHECKED(check_uid_is_free(*message.uid));

  RecordHeader header;
  header.type = RecordType::kMessage;
  header.flags = message.flags.utf8_header ? kFlagUtf8Header : std::uint16_t{0};
  header.key = coverage_.next_sequence;
  header.octets = message.octets;
  header.time = message.arrived;
  header.uid = message.uid.value_or(std::string());
  RESTANTE_TRY(const ScannedRecord record, append(std::move(header), body, {}));
  Receipt receipt;
  receipt.sequence = Sequence{record.header.key};
  append_uid(to_entry(record), receipt.uid);
  return receipt;
}

Status Maildrop::commit(View view, std::vector<Sequence> deleted) {
  if (deleted.empty()) return ok();
  DeletionSet set(std::move(deleted));
  const std::string body = set.encode();
  if (body.size() > kDeletionBytesMax) return Error(Errc::kLimit, "deletions in one step");

  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const LogFile::AppendLock lock, log_->lock_append());
  RESTANTE_CHECKED(catch_up(Purpose::kAppend));
  RecordHeader header;
  header.type = RecordType::kDeletion;
  header.key = static_cast<std::uint32_t>(view);
  header.octets = set.size();
  header.time = environment_.clock.now();
  RESTANTE_CHECKED(append(std::move(header), {body, nullptr}, std::move(set)));
  return ok();
}

// Reading.

/// Both the flag, for this process, and the lock, for the others. mutex_ is held.
Status Maildrop::lock_view(View view) {
  if (open_views_.contains(view)) return Error(Errc::kBusy, "a session has it: " + account_);
  RESTANTE_CHECKED(log_->file().try_lock(lock_offset(view), 1));
  open_views_.insert(view);
  return ok();
}

void Maildrop::end_session(View view) {
  const std::lock_guard guard(mutex_);
  log_->file().unlock(lock_offset(view), 1);
  open_views_.erase(view);
}

Snapshot Maildrop::snapshot_of(View view) const {
  const auto& messages = views_.at(view).messages;
  return {messages, messages->count(), messages->octets()};
}

/// The view as it is, when nobody can have appended since we looked. mutex_ is held.
std::optional<Snapshot> Maildrop::warm_snapshot(View view) {
  if (!views_.contains(view) || is_behind_) return std::nullopt;
  if (!appending_ && !log_->is_poisoned()) {
    const auto status = log_->file().status();
    if (!status || status->links == 0 || status->size != end_) return std::nullopt;
  }
  return snapshot_of(view);
}

Result<Snapshot> Maildrop::current(View view) {
  {
    const std::lock_guard guard(mutex_);
    if (auto warm = warm_snapshot(view)) return std::move(*warm);
  }
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const LogFile::AppendLock lock, log_->lock_append());
  RESTANTE_CHECKED(catch_up(Purpose::kRead));
  RESTANTE_CHECKED(load_view(view));
  const std::lock_guard reading(mutex_);
  return snapshot_of(view);
}

Result<Snapshot> Maildrop::begin_session(View view) {
  RESTANTE_CHECKED(load_once(Creation::kIfAbsent));
  {
    const std::lock_guard guard(mutex_);
    RESTANTE_CHECKED(lock_view(view));
  }
  // Locked first, looked second: so this sees what the view's last session deleted.
  auto snapshot = current(view);
  if (!snapshot) end_session(view);
  return snapshot;
}

std::optional<Result<Snapshot>> Maildrop::begin_session_cached(View view) {
  const std::lock_guard guard(mutex_);
  if (!log_) return std::nullopt;
  if (Status locked = lock_view(view); !locked) return Result<Snapshot>(std::move(locked).error());
  auto warm = warm_snapshot(view);
  if (warm) return Result<Snapshot>(std::move(*warm));
  log_->file().unlock(lock_offset(view), 1);
  open_views_.erase(view);
  return std::nullopt;
}

Result<std::vector<Store::Entry>> Maildrop::list(View view) {
  std::uint64_t end = 0;
  {
    const std::lock_guard guard(append_mutex_);
    const Status loaded = load(Creation::kNever);
    if (!loaded && loaded.error().code == Errc::kNotFound) return std::vector<Store::Entry>();
    RESTANTE_CHECKED(loaded);
    RESTANTE_TRY(const LogFile::AppendLock lock, log_->lock_append());
    RESTANTE_CHECKED(catch_up(Purpose::kRead));
    end = end_;
  }
  // No lock from here on: what lies before the end does not change.
  std::vector<Store::Entry> entries;
  std::vector<DeletionSet> deleted;
  RESTANTE_CHECKED(scan_log(log_->file(), log_->header().seed, {log_->start(), end, false},
                            [&](ScannedRecord&& record) {
                              if (record.header.type == RecordType::kDeletion) {
                                if (record.intact && view_of(record.header) == view)
                                  deleted.push_back(record.deletions);
                                return;
                              }
                              Store::Entry entry;
                              entry.info = to_info(record.header);
                              entry.uid = std::move(record.header.uid);
                              if (entry.uid.empty())
                                append_derived_uid(uid_prefix_, entry.info, entry.uid);
                              entries.push_back(std::move(entry));
                            }));
  const DeletionSet all = DeletionSet::merge(deleted);
  for (Store::Entry& entry : entries) entry.deleted = all.contains(entry.info.sequence);
  return entries;
}

Status Maildrop::save_index() {
  const std::lock_guard guard(append_mutex_);
  if (!log_ || log_->is_poisoned() || stale_) return ok();
  // A large index is written less often: it has to save more than writing it costs.
  const std::uint64_t worth =
      environment_.index_worth_bytes + 4ULL * views_.at(View::kDefault).messages->count();
  if (coverage_.last_record == 0 || end_ < indexed_end_ + worth) return ok();
  IndexContent content{coverage_, uids_, views_.at(View::kDefault).messages};
  RESTANTE_CHECKED(log::save_index(environment_, *log_, content));
  indexed_end_ = end_;
  return ok();
}

}  // namespace restante::maildrop::log
