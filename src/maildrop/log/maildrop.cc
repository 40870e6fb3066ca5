#include "maildrop/log/maildrop.h"

#include <set>

#include "maildrop/log/entries.h"

namespace restante::maildrop::log {

Maildrop::Maildrop(const Environment& environment, std::string account)
    : environment_(environment), account_(std::move(account)) {}

bool Maildrop::is_poisoned() const {
  const std::lock_guard guard(mutex_);
  return shown_.log && shown_.log->is_poisoned();
}

void Maildrop::report(DamagedRegion region, std::string what) const {
  environment_.report({account_, region.offset, region.bytes, std::move(what)});
}

/// The writer's; sessions may start meanwhile without asking the disk for the log's size.
/// append_mutex_ and the append lock are held, and we have caught up.
LogWriter::Batch Maildrop::begin_batch(std::size_t count) {
  const std::lock_guard guard(mutex_);
  shown_.is_appending = true;
  return writer_.begin(count);
}

/// The writer's, and shows it.
Status Maildrop::settle(LogWriter::Batch& batch) {
  Status settled = writer_.settle(batch);
  show();
  return settled;
}

/// Appends a record that is no message.
Status Maildrop::append_content(RecordType type, View view, RecordContent content) {
  LogWriter::Batch batch = begin_batch(1);
  Status written = writer_.write_content(batch, type, view, std::move(content));
  RESTANTE_CHECKED(settle(batch));
  return written;
}

Status Maildrop::commit(View view, const Snapshot& seen, const SessionEnd& end) {
  if (end.deleted.empty() && end.retrieved.empty()) return ok();
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  {
    const std::lock_guard reading(mutex_);
    if (locks_.is_lost(view))
      return Error(Errc::kIo, "the log was replaced, and another session has it: " + account_);
  }
  RecordContent content;
  RESTANTE_TRY(auto deletions, known_.still_meant(seen, end.deleted));
  RESTANTE_TRY(auto retrievals, known_.still_meant(seen, end.retrieved));
  RESTANTE_CHECKED(load_view(view));
  content.deletions = std::move(deletions);
  content.retrievals = std::move(retrievals);
  content.retrievals.remove(known_.view(view).retrieved);
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
  RESTANTE_TRY(const auto entries, read_entries(*turn->log, known_.end(), view));
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

std::optional<Usage> Maildrop::usage_cached() {
  const std::lock_guard guard(mutex_);
  if (!shown_.log) return std::nullopt;
  const auto warm = warm_snapshot(View::kDefault);
  return warm ? std::optional(Usage{warm->count, warm->octets}) : std::nullopt;
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
    end = known_.end();
  }
  // No lock from here on: what lies before the end does not change.
  return read_entries(*log, end, view);
}

Status Maildrop::save_index() {
  const std::lock_guard guard(append_mutex_);
  return known_.save_index();
}

}  // namespace restante::maildrop::log
