// The views of a maildrop: made, found, changed and ended by records of their own, and the trash,
// which is no list that is kept but what the log says at the moment of a login.
#include <algorithm>

#include "maildrop/log/drop/maildrop.h"
#include "maildrop/log/file/entries.h"
#include "maildrop/log/file/history.h"

namespace restante::maildrop::log {
namespace {

/// The messages that a new view sees, of those that any reader's view sees.
SequenceSet seen_at_start(const KnownViews& known, const ViewStart& start) {
  using From = ViewStart::From;
  std::vector<Sequence> seen;
  if (start.from == From::kNow) return SequenceSet(seen);
  const MessageList& all = *known.all();
  for (std::uint32_t i = 0; i < all.count(); ++i) {
    const bool is_old = start.from == From::kSince && all[i].info.arrived < start.since;
    if (!is_old) seen.push_back(all[i].info.sequence);
  }
  SequenceSet set(seen);
  if (start.from == From::kWaiting) set.remove(known.states().at(View::kDefault).missing);
  set.remove(known.left_for_copies());
  return set;
}

RecordContent content_of(ViewRecord record) {
  RecordContent content;
  content.view = std::move(record);
  return content;
}

Error no_such_view(const std::string& account) {
  return Error(Errc::kNotFound, "there is no such view: " + account);
}

}  // namespace

Result<View> Maildrop::make_view(const NewView& view) {
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kAppend, Creation::kIfAbsent));
  RESTANTE_TRY(const KnownViews* const known, turn.views());
  const ViewTable& table = *known->table();
  if (const auto there = table.find(view.name)) {
    if (view.of_copy && table.is_of_copy(*there)) return *there;
    ViewRecord record = table.record_of(*there);
    if (view.of_copy || record.of_copy || !view.of_device || record.of_device)
      return Error(Errc::kExists, "there is a view " + view.name);
    record.of_device = true;
    record.role = view.role;
    RESTANTE_CHECKED(turn.append(RecordType::kView, *there, content_of(std::move(record))));
    return *there;
  }
  if (!view.of_copy && table.readers_made() >= view.views_max)
    return Error(Errc::kLimit, "there are " + std::to_string(view.views_max) +
                                   " views already (maildrop.views_max)");
  if (table.next() == View::kTrash || table.next() == View::kDefault)
    return Error(Errc::kLimit, "no number is left for a view");
  const WallTime now = environment_.clock.now();
  const ViewRole role = view.of_copy ? ViewRole::kEach : view.role;
  RecordContent content =
      content_of({view.name, role, view.of_device, false, now, now, view.of_copy});
  if (turn.known().next_sequence() > 1)
    content.unseen = SequenceSet::all(1, turn.known().next_sequence() - 1);
  content.unseen.remove(seen_at_start(*known, view.start));
  const View made = table.next();
  RESTANTE_CHECKED(turn.append(RecordType::kView, made, std::move(content)));
  return made;
}

namespace {

std::optional<FoundView> find(const ViewTable& table, std::string_view name) {
  const auto found = table.find(name);
  if (!found) return std::nullopt;
  const ViewRecord& record = *table.find(*found);
  return FoundView{*found, record.of_device, record.of_copy};
}

}  // namespace

Result<FoundView> Maildrop::find_view(std::string_view name) {
  auto turn = take_turn(Purpose::kRead, Creation::kNever);
  if (!turn && turn.error().code == Errc::kNotFound) return no_such_view(account_);
  if (!turn) return std::move(turn).error();
  const auto found = find(*turn->known().views().table(), name);
  if (!found) return no_such_view(account_);
  return *found;
}

std::optional<Result<FoundView>> Maildrop::find_view_cached(std::string_view name) {
  const std::lock_guard guard(mutex_);
  if (!shown_.log || !is_shown_all()) return std::nullopt;
  if (const auto found = find(*shown_.table, name)) return Result<FoundView>(*found);
  return Result<FoundView>(no_such_view(account_));
}

Status Maildrop::end_view(View view) {
  if (view == View::kDefault || view == View::kTrash)
    return Error(Errc::kState, "the default view and the trash cannot be ended");
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  RESTANTE_TRY(const KnownViews* const known, turn.views());
  if (!known->table()->is_live(view)) return no_such_view(account_);
  return turn.append(RecordType::kViewEnd, view, {});
}

Status Maildrop::set_role(View view, ViewRole role) {
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kAppend, Creation::kIfAbsent));
  RESTANTE_TRY(const KnownViews* const known, turn.views());
  if (!known->table()->is_live(view)) return no_such_view(account_);
  ViewRecord record = known->table()->record_of(view);
  if (record.of_copy) return Error(Errc::kState, "the view of a copy has no role");
  if (record.role == role) return ok();
  record.role = role;
  return turn.append(RecordType::kView, view, content_of(std::move(record)));
}

Result<std::vector<ViewInfo>> Maildrop::views() {
  std::vector<ViewInfo> out;
  auto turn = take_turn(Purpose::kRead, Creation::kNever);
  if (!turn && turn.error().code == Errc::kNotFound) {
    ViewInfo& info = out.emplace_back();
    info.name = std::string(kDefaultName);
    info.holds = true;
    return out;
  }
  if (!turn) return std::move(turn).error();
  RESTANTE_TRY(const KnownViews* const known, turn->views());
  const ViewTable& table = *known->table();
  const auto holding = table.holding(environment_.clock.now(), environment_.view_expires);
  for (const View view : table.live()) {
    const ViewRecord record = table.record_of(view);
    ViewInfo& info = out.emplace_back();
    info.view = view;
    info.name = view == View::kDefault ? std::string(kDefaultName) : record.name;
    if (info.name.empty()) info.name = '(' + std::to_string(static_cast<std::uint32_t>(view)) + ')';
    info.role = record.role;
    info.of_device = record.of_device;
    info.holds = std::ranges::find(holding, view) != holding.end();
    info.is_released = record.is_released;
    if (record.made != WallTime{}) info.made = record.made;
    if (record.used != WallTime{} && !record.of_copy) info.used = record.used;
    info.waiting = known->waiting(view);
    info.of_copy = record.of_copy;
  }
  return out;
}

// Use.

/// Where the default view is alone, its use means nothing, and no clock is asked. A copy's worker
/// is no reader.
bool Maildrop::is_use_due(const ViewTable& table, View view) const {
  if (table.made().empty()) return false;
  if (table.find(view) == nullptr && view != View::kDefault) return false;
  const ViewRecord record = table.record_of(view);
  if (record.of_copy) return false;
  return record.is_released || record.used + limits::kViewUsePrecision <= environment_.clock.now();
}

Status Maildrop::note_use(Turn& turn, View view) {
  RESTANTE_CHECKED(turn.log()->check_appendable());
  RESTANTE_TRY(const disk::FileStatus status, turn.log()->file().status());
  // Behind an end that could not be cut, nothing is appended.
  if (status.size != turn.known().end()) return Error(Errc::kIo, "the log's end is torn");
  ViewRecord record = turn.known().views().table()->record_of(view);
  record.used = environment_.clock.now();
  record.is_released = false;
  return turn.append(RecordType::kView, view, content_of(std::move(record)));
}

Result<Usage> Maildrop::least_usage() {
  auto turn = take_turn(Purpose::kRead, Creation::kNever);
  if (!turn && turn.error().code == Errc::kNotFound) return Usage{};
  if (!turn) return std::move(turn).error();
  RESTANTE_CHECKED(turn->views());
  return turn->least_held();
}

Usage Maildrop::Turn::least_held() const {
  const WallTime now = maildrop_.environment_.clock.now();
  return maildrop_.known_.views().held(now, limits::kViewUnusedBeforeQuota).usage;
}

Result<std::vector<std::string>> Maildrop::Turn::release_unused() {
  const Environment& environment = maildrop_.environment_;
  const WallTime now = environment.clock.now();
  const ViewTable table = *maildrop_.known_.views().table();
  const auto used = table.holding(now, limits::kViewUnusedBeforeQuota);
  std::vector<std::string> released;
  for (const View view : table.holding(now, environment.view_expires)) {
    if (std::ranges::find(used, view) != used.end()) continue;
    ViewRecord record = table.record_of(view);
    record.is_released = true;
    released.push_back(view == View::kDefault ? std::string(kDefaultName) : record.name);
    RESTANTE_CHECKED(append(RecordType::kView, view, content_of(std::move(record))));
  }
  return released;
}

// The trash.

Result<Snapshot> Maildrop::begin_trash(std::chrono::seconds window) {
  RESTANTE_CHECKED(lock_view(View::kTrash));
  return begun(View::kTrash, look_at_trash(window));
}

/// All that some view has deleted since the window began and that the trash has not hidden.
Result<Snapshot> Maildrop::look_at_trash(std::chrono::seconds window) {
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
  const LogFile& log = *turn.log();
  History history;
  auto uids = std::make_shared<UidPool>();
  std::vector<MessageEntry> entries;
  RESTANTE_CHECKED(scan_log(log.file(), log.header().seed, {log.start(), turn.known().end(), false},
                            [&](ScannedRecord&& record) {
                              history.apply(record);
                              if (record.header.type != RecordType::kMessage) return;
                              entries.push_back(entry_of(record, *uids));
                            }));
  const WallTime since = environment_.clock.now() - window;
  // That a copy's target has a message is no deletion.
  std::vector<View> views = history.views().live();
  std::erase_if(views, [&](View view) { return history.views().is_of_copy(view); });
  auto list = std::make_shared<MessageList>(uids);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool was_deleted = std::ranges::any_of(views, [&](View view) {
      const auto at = history.deleted_at(view, i);
      return at && *at > since;
    });
    if (was_deleted && history.is_seen(View::kTrash, i)) list->append(entries[i]);
  }
  return Snapshot{turn.log(), list, list->count(), list->octets(), turn.known().loads()};
}

/// The first deletion in the trash is told ahead of by a record that programs without views do not
/// know: to those the trash would be a view that holds everything.
Status Maildrop::commit_trash(const Snapshot& seen, const SessionEnd& end) {
  if (end.deleted.empty()) return ok();
  RESTANTE_TRY(Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  if (turn.is_lost(View::kTrash))
    return Error(Errc::kIo, "the log was replaced, and another session has it: " + account_);
  RecordContent content;
  RESTANTE_TRY(auto deletions, turn.known().still_meant(seen, end.deleted));
  content.deletions = std::move(deletions);
  if (turn.known().views().table()->find(View::kTrash) == nullptr) {
    const WallTime now = environment_.clock.now();
    RESTANTE_CHECKED(
        turn.append(RecordType::kView, View::kTrash,
                    content_of({{}, ViewRole::kReader, false, false, now, now, false})));
  }
  return turn.append(RecordType::kDeletion, View::kTrash, std::move(content));
}

}  // namespace restante::maildrop::log
