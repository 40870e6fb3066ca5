#include "maildrop/log/drop/maildrop.h"

#include <set>

#include "maildrop/log/file/entries.h"

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

// Sessions: who has a view, and what he sees of it.

void Maildrop::end_session(View view) {
  const std::lock_guard guard(mutex_);
  locks_.end(*shown_.log, view);
}

const Snapshot* Maildrop::Shown::find(View view) const {
  for (const auto& [one, snapshot] : views)
    if (one == view) return &snapshot;
  return nullptr;
}

/// No process can have appended since we looked. mutex_ is held.
bool Maildrop::is_shown_all() const {
  if (shown_.is_behind) return false;
  // We hold the append lock ourselves: what is not shown yet is not durable yet.
  if (shown_.is_appending) return true;
  const auto status = shown_.log->file().status();
  if (!status || status->links == 0) return false;
  return status->size == shown_.end || shown_.log->is_poisoned();
}

/// The view as it is, if that is known. mutex_ is held.
std::optional<Snapshot> Maildrop::warm_snapshot(View view) {
  const Snapshot* const found = shown_.find(view);
  if (found == nullptr || !is_shown_all()) return std::nullopt;
  return *found;
}

/// A look at the view for its session: once a day it is recorded that the view is in use. That is a
/// help for later, so a disk that takes nothing does not keep the session from its mail.
Result<Snapshot> Maildrop::begin(View view) {
  {
    const std::lock_guard guard(mutex_);
    if (!is_use_due(*shown_.table, view))
      if (auto warm = warm_snapshot(view)) return std::move(*warm);
  }
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
  RESTANTE_CHECKED(turn.view(view));
  if (is_use_due(*turn.known().views().table(), view)) (void)note_use(turn, view);
  const std::lock_guard reading(mutex_);
  return *shown_.find(view);
}

/// Locked first, looked second: so this sees what the view's last session deleted.
Result<Snapshot> Maildrop::begin_session(View view) {
  RESTANTE_CHECKED(lock_view(view));
  return begun(view, begin(view));
}

/// The look may have found another file in the log's place, and another process with the view
/// there.
Result<Snapshot> Maildrop::begun(View view, Result<Snapshot> snapshot) {
  bool lost = false;
  {
    const std::lock_guard guard(mutex_);
    lost = locks_.is_lost(view);
  }
  if (!snapshot || lost) end_session(view);
  if (lost) return Error(Errc::kBusy, "a session has it: " + account_);
  return snapshot;
}

/// The view's session lock. Errors: kBusy, and as taking a turn.
Status Maildrop::lock_view(View view) {
  RESTANTE_CHECKED(load_once(Creation::kIfAbsent));
  Status locked = ok();
  bool is_ours = false;
  {
    const std::lock_guard guard(mutex_);
    is_ours = locks_.is_open(view);
    locked = locks_.begin(*shown_.log, view);
  }
  if (!locked && locked.error().code == Errc::kBusy && !is_ours) {
    // Upkeep takes the views for a moment, here or in another process, always under the append
    // lock: behind it, who still has the view is a session.
    RESTANTE_TRY(const Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
    const std::lock_guard reading(mutex_);
    locked = locks_.begin(*shown_.log, view);
  }
  return locked;
}

std::optional<Result<Snapshot>> Maildrop::begin_session_cached(View view) {
  const std::lock_guard guard(mutex_);
  if (!shown_.log) return std::nullopt;
  const bool is_ours = locks_.is_open(view);
  if (Status locked = locks_.begin(*shown_.log, view); !locked) {
    if (locked.error().code == Errc::kBusy && !is_ours) return std::nullopt;
    return Result<Snapshot>(std::move(locked).error());
  }
  auto warm = is_use_due(*shown_.table, view) ? std::nullopt : warm_snapshot(view);
  if (warm) return Result<Snapshot>(std::move(*warm));
  locks_.end(*shown_.log, view);
  return std::nullopt;
}

namespace {

/// One record says all of it, so that all of it is in force, or nothing. `everywhere` stays filled
/// only where the others have not left every view.
RecordType settle_type(const ViewTable& table, View view, RecordContent& content) {
  const bool is_main = table.record_of(view).role == ViewRole::kMain;
  SequenceSet own = content.deletions;
  own.remove(content.everywhere);
  const bool are_all_alike = own.empty() || content.everywhere.empty() || is_main;
  if (!are_all_alike && !table.is_alone()) {
    content.deletions = std::move(own);
    return RecordType::kTwofoldDeletion;
  }
  content.in_every_view = !table.is_alone() && (is_main || !content.everywhere.empty());
  content.everywhere = {};
  return content.retrievals.empty() ? RecordType::kDeletion : RecordType::kRetrieval;
}

}  // namespace

Status Maildrop::commit(View view, const Snapshot& seen, const SessionEnd& end) {
  if (end.deleted.empty() && end.everywhere.empty() && end.retrieved.empty()) return ok();
  if (view == View::kTrash) return commit_trash(seen, end);
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  if (turn.is_lost(view))
    return Error(Errc::kIo, "the log was replaced, and another session has it: " + account_);
  RecordContent content;
  RESTANTE_TRY(auto deletions, turn.known().still_meant(seen, end.deleted));
  RESTANTE_TRY(auto everywhere, turn.known().still_meant(seen, end.everywhere));
  RESTANTE_TRY(auto retrievals, turn.known().still_meant(seen, end.retrieved));
  RESTANTE_TRY(const KnownViews::State* const now, turn.view(view));
  content.deletions = std::move(deletions);
  content.deletions.add(everywhere);
  content.everywhere = std::move(everywhere);
  content.retrievals = std::move(retrievals);
  // The first retrieval counts for retention; a client that fetches anew must not keep mail for
  // ever.
  content.retrievals.remove(now->retrieved);
  if (content.deletions.empty() && content.retrievals.empty()) return ok();
  const RecordType type = settle_type(*turn.known().views().table(), view, content);
  return turn.append(type, view, std::move(content));
}

Result<std::vector<std::string>> Maildrop::undelete(View view, const UndeleteRequest& request) {
  std::vector<std::string> uids;
  auto turn = take_turn(Purpose::kAppend, Creation::kNever);
  if (!turn && turn.error().code == Errc::kNotFound) return uids;
  if (!turn) return std::move(turn).error();
  RESTANTE_TRY(const auto entries, read_entries(*turn->log(), turn->known().end(), view));
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
  RESTANTE_CHECKED(turn->append(RecordType::kUndeletion, view, std::move(content)));
  return uids;
}

// Reading.

Result<Usage> Maildrop::usage() {
  Status loaded = load_once(Creation::kNever);
  if (!loaded && loaded.error().code == Errc::kNotFound) return Usage{};
  RESTANTE_CHECKED(loaded);
  {
    const std::lock_guard guard(mutex_);
    if (shown_.table->is_alone())
      if (const auto warm = warm_snapshot(View::kDefault)) return Usage{warm->count, warm->octets};
  }
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
  RESTANTE_TRY(const Held held, turn.held());
  return held.usage;
}

std::optional<Usage> Maildrop::usage_cached() {
  const std::lock_guard guard(mutex_);
  if (!shown_.log || !shown_.table->is_alone()) return std::nullopt;
  const auto warm = warm_snapshot(View::kDefault);
  return warm ? std::optional(Usage{warm->count, warm->octets}) : std::nullopt;
}

Result<std::vector<Store::Entry>> Maildrop::list(View view) {
  std::vector<Store::Entry> entries;
  RESTANTE_CHECKED(
      list_each(view, [&entries](Store::Entry&& entry) { entries.push_back(std::move(entry)); }));
  return entries;
}

Status Maildrop::list_each(View view, const std::function<void(Store::Entry&&)>& take) {
  std::shared_ptr<LogFile> log;
  std::uint64_t end = 0;
  {
    auto turn = take_turn(Purpose::kRead, Creation::kNever);
    if (!turn && turn.error().code == Errc::kNotFound) return ok();
    if (!turn) return std::move(turn).error();
    log = turn->log();
    end = turn->known().end();
  }
  // No lock from here on: what lies before the end changes only where all of it is deleted.
  return read_each_entry(*log, end, view, take);
}

Status Maildrop::save_index() {
  const std::lock_guard guard(append_mutex_);
  return known_.save_index();
}

}  // namespace restante::maildrop::log
