// A rewriting copies what is kept to a new file while deliveries and sessions go on, then takes the
// append lock, copies what came meanwhile, makes the new file durable and renames it over the old
// one. The rename is the one step that counts: before it nothing has happened, and after it both
// files say the same, so it does not matter which of them power loss leaves behind, until something
// is appended to the new one; and the first append makes sure of its name (LogFile::ensure_named).
#include "maildrop/log/drop/maildrop_upkeep.h"

#include <algorithm>

#include "maildrop/log/drop/maildrop.h"
#include "maildrop/log/drop/rewriter.h"
#include "maildrop/log/file/history.h"

namespace restante::maildrop::log {
namespace {

constexpr std::uint64_t kReclaimBytesMin = 64U << 10;  // Less is not worth a rewriting.
constexpr std::uint64_t kTailBytesMax = 256U << 10;    // Copied while deliveries wait.
constexpr int kTailRoundsMax = 16;                     // Then deliveries have to wait for more.

/// Whether a rewriting that gives back `gain` bytes and leaves `rest` bytes with `messages` is
/// worth it.
bool is_worth(std::uint64_t gain, std::uint64_t rest, std::uint64_t messages) {
  if (messages == 0) return gain > 0;
  return gain >= kReclaimBytesMin && gain > rest;
}

Result<Maildrop::Turn> take_turn(Maildrop& maildrop) {
  return maildrop.take_turn(Maildrop::Purpose::kAppend, Creation::kNever);
}

}  // namespace

struct MaildropUpkeep::Present {
  std::shared_ptr<LogFile> log;
  std::uint64_t end = 0;
  PresentViews views;
  Held held;
  std::vector<View> holding;
};

/// The right to rewrite the log, in this process and between processes.
class MaildropUpkeep::Right {
 public:
  Right(std::unique_lock<std::mutex> mutex, std::shared_ptr<LogFile> log)
      : mutex_(std::move(mutex)), log_(std::move(log)) {}
  Right(const Right&) = delete;
  Right& operator=(const Right&) = delete;
  ~Right() { log_->file().unlock(kUpkeepLockAt, 1); }

 private:
  const std::unique_lock<std::mutex> mutex_;
  const std::shared_ptr<LogFile> log_;
};

/// Errors: kBusy: another thread or process is at it; kNotFound: there is no maildrop.
Result<std::unique_ptr<MaildropUpkeep::Right>> MaildropUpkeep::begin() {
  std::unique_lock mutex(mutex_, std::try_to_lock);
  if (!mutex) return Error(Errc::kBusy, "upkeep is at it: " + maildrop_.account());
  RESTANTE_TRY(const auto turn, take_turn(maildrop_));
  RESTANTE_CHECKED(turn.log()->file().try_lock(kUpkeepLockAt, 1));
  auto right = std::make_unique<Right>(std::move(mutex), turn.log());
  // What a crash left of an earlier rewriting: one that still runs would hold the lock that we
  // have.
  (void)environment_.disk.remove(turn.log()->paths().log_new);
  // And of an index: one that is being written in this moment is lost, which costs a scan.
  (void)environment_.disk.remove(turn.log()->paths().index_new);
  return right;
}

Result<UpkeepReport> MaildropUpkeep::run(const UpkeepPolicy& policy, const Pace& pace) {
  UpkeepReport report;
  auto begun = begin();
  if (!begun && begun.error().code == Errc::kNotFound) return report;
  if (!begun) return std::move(begun).error();
  RESTANTE_TRY(const Usage expired, expire(policy.retention));
  RESTANTE_TRY(const std::uint64_t reclaimed, reclaim(policy, pace));
  report.expired = expired.messages;
  report.expired_octets = expired.octets;
  report.reclaimed_bytes = reclaimed;
  // The work is done all the same.
  if (const auto now = look_at_present()) {
    report.holding = count(*now);
    report.unused_views = unused_views(*now);
  }
  return report;
}

/// From what is in memory after a look at the log: nothing of it is read for this.
Holding MaildropUpkeep::count(const Present& now) {
  Holding out;
  out.waiting = now.held.usage;
  out.live_bytes = now.held.log_bytes;
  const std::uint64_t used = now.log->start() + out.live_bytes;
  out.dead_bytes = now.end > used ? now.end - used : 0;
  out.oldest = now.held.oldest;
  const auto aside = environment_.disk.open(now.log->paths().aside, disk::OpenMode::kRead);
  if (!aside) return out;  // As a rule there is none.
  const auto status = (*aside)->status();
  if (status) out.aside_bytes = status->size;
  return out;
}

std::vector<std::string> MaildropUpkeep::unused_views(const Present& now) {
  std::vector<std::string> names;
  for (const View view : now.views.table.live()) {
    const ViewRecord record = now.views.table.record_of(view);
    const bool holds = std::ranges::find(now.holding, view) != now.holding.end();
    if (holds || record.role == ViewRole::kReader) continue;
    names.push_back(view == View::kDefault ? std::string(kDefaultName) : record.name);
  }
  return names;
}

// Retention.

/// Messages that some view sees and whose time is over.
Result<std::vector<Sequence>> MaildropUpkeep::find_expired(const Retention& retention) {
  const WallTime latest = environment_.clock.now() - *retention.days;
  std::vector<Sequence> expired;
  std::shared_ptr<LogFile> log;
  std::uint64_t end = 0;
  {
    RESTANTE_TRY(auto turn, maildrop_.take_turn(Maildrop::Purpose::kRead, Creation::kNever));
    RESTANTE_TRY(const KnownViews* const known, turn.views());
    if (retention.from == Retention::From::kArrival) {
      for (std::uint32_t i = 0; i < known->all()->count(); ++i) {
        const MessageInfo& info = (*known->all())[i].info;
        if (info.arrived <= latest) expired.push_back(info.sequence);
      }
      return expired;
    }
    if (known->table()->is_alone() && known->states().at(View::kDefault).retrieved.empty())
      return expired;
    log = turn.log();
    end = turn.known().end();
  }
  return find_retrieved(*log, end, latest);
}

/// Of those, the messages that the default view, or a main one, has retrieved until `latest`.
Result<std::vector<Sequence>> MaildropUpkeep::find_retrieved(const LogFile& log, std::uint64_t end,
                                                             WallTime latest) {
  History history;
  RESTANTE_CHECKED(scan_log(log.file(), log.header().seed, {log.start(), end, false},
                            [&](ScannedRecord&& record) { history.apply(record); }));
  const std::vector<View> views = history.views().live();
  std::vector<View> counted;
  for (const View view : views)
    if (view == View::kDefault || history.views().record_of(view).role == ViewRole::kMain)
      counted.push_back(view);
  std::vector<Sequence> found;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history.is_gone(views, i)) continue;
    const bool is_over = std::ranges::any_of(counted, [&](View view) {
      const auto at = history.retrieved_at(view, i);
      return at && *at <= latest;
    });
    if (is_over) found.push_back(history.sequence(i));
  }
  return found;
}

/// What was deleted. None while a session sees them: then another time. What a copy's target has
/// not taken stays for it alone: a retention ends reading, no mail on its way.
Result<Usage> MaildropUpkeep::expire(const Retention& retention) {
  if (!retention.days) return Usage();
  RESTANTE_TRY(const auto expired, find_expired(retention));
  if (expired.empty()) return Usage();
  RESTANTE_TRY(auto turn, take_turn(maildrop_));
  RESTANTE_TRY(const KnownViews* const known, turn.views());
  const MessageList& list = *known->all();
  const SequenceSet waits_elsewhere = known->left_for_copies();
  std::vector<Sequence> sequences;  // Without what a session has deleted since we looked.
  Usage out;
  for (std::uint32_t i = 0; i < list.count(); ++i) {
    const MessageInfo& info = list[i].info;
    if (!std::ranges::binary_search(expired, info.sequence)) continue;
    if (waits_elsewhere.contains(info.sequence)) continue;
    sequences.push_back(info.sequence);
    ++out.messages;
    out.octets += info.octets;
  }
  if (sequences.empty()) return out;
  Status held = turn.hold_views();
  bool has_session = !held && held.error().code == Errc::kBusy;
  if (!held && !has_session) return std::move(held).error();
  if (held) has_session = turn.has_session();
  Status done = ok();
  RecordContent content;
  content.deletions = SequenceSet(sequences);
  content.in_every_view = !known->table()->is_alone();
  if (!has_session) done = turn.append(RecordType::kDeletion, View::kDefault, std::move(content));
  if (held) turn.release_views();
  if (!done) return std::move(done).error();
  return has_session ? Usage() : out;
}

// Rewriting.

/// The most that can be given back decides; as a rule it says that the log need not be read.
bool MaildropUpkeep::may_be_worth(const Present& now, const UpkeepPolicy& policy,
                                  WallTime time) const {
  // The trash may have hidden some of it since: those need not wait.
  const bool is_as_it_was =
      !policy.trash_purges || (waiting_.trash_purges && waiting_.end == now.end);
  const bool still_waits =
      waiting_.window == policy.undelete_window && time < waiting_.until && is_as_it_was;
  const std::uint64_t waiting = still_waits ? waiting_.bytes : 0;
  const std::uint64_t rest = now.log->start() + now.held.log_bytes + waiting;
  const std::uint64_t messages = now.held.usage.messages + (waiting > 0 ? 1 : 0);
  return now.end > rest && is_worth(now.end - rest, rest, messages);
}

Result<std::uint64_t> MaildropUpkeep::reclaim(const UpkeepPolicy& policy, const Pace& pace) {
  const WallTime time = environment_.clock.now();
  RESTANTE_TRY(const Present now, look_at_present());
  if (!may_be_worth(now, policy, time)) return 0;
  Rewriter rewriter(environment_, now.log, pace);
  RESTANTE_CHECKED(rewriter.survey(now.end, false));
  if (rewriter.lost_what_keeps()) return 0;  // Until a repair: a user may miss what it kept.
  if (rewriter.found_damage()) rewriter.reconcile(now.views);
  rewriter.plan_reclaiming({time - policy.undelete_window, now.holding, policy.trash_purges});
  waiting_ = {policy.undelete_window, rewriter.waiting_bytes(), WallTime::min(), now.end,
              policy.trash_purges};
  if (waiting_.bytes > 0) waiting_.until = rewriter.first_waiting() + policy.undelete_window;
  const std::uint64_t rest = rewriter.new_bytes();
  if (now.end <= rest || !is_worth(now.end - rest, rest, rewriter.kept_messages())) return 0;
  auto reclaimed = rewrite(rewriter, pace);
  // Damage must be set aside before it is cut, and there is no room for that.
  // A log in which views were made keeps their records, and is never empty.
  const bool is_empty = rest == now.log->start() && !rewriter.found_damage();
  if (!reclaimed && reclaimed.error().code == Errc::kFull && is_empty)
    reclaimed = empty_in_place(rewriter, now, pace);
  if (!reclaimed && reclaimed.error().code == Errc::kBusy) return 0;
  return reclaimed;
}

/// Where there is no room for a second file, and nothing to be kept: the log itself is cut. With
/// the room that this gives it gets a new file all the same, so that a process that knows it by its
/// inode or its length sees that it is another. Errors: kBusy: a session is open, or mail has come
/// meanwhile.
Result<std::uint64_t> MaildropUpkeep::empty_in_place(const Rewriter& rewriter, const Present& now,
                                                     const Pace& pace) {
  {
    RESTANTE_TRY(auto turn, take_turn(maildrop_));
    if (!rewriter.is_of(*turn.log()) || turn.known().end() != now.end)
      return Error(Errc::kBusy, "the log has changed: " + maildrop_.account());
    RESTANTE_CHECKED(turn.hold_views());
    const bool has_session = turn.has_session();
    const Status emptied = has_session
                               ? Error(Errc::kBusy, "a session has it: " + maildrop_.account())
                               : turn.log()->empty(Sequence{turn.known().next_sequence()});
    turn.release_views();
    RESTANTE_CHECKED(emptied);
    (void)environment_.disk.remove(turn.log()->paths().index);
  }
  RESTANTE_TRY(const Present emptied, look_at_present());
  Rewriter again(environment_, emptied.log, pace);
  if (again.survey(emptied.end, false) && again.found_damage() == false) {
    again.plan_reclaiming({WallTime::min(), now.holding, false});
    (void)rewrite(again, pace);
  }
  return now.end - emptied.log->start();
}

namespace {

/// The rest of the copy, and the change to it.
Status finish(Rewriter& rewriter, disk::Disk& disk, Maildrop::Turn& turn) {
  RESTANTE_CHECKED(rewriter.copy_tail(turn.known().end(), nullptr));
  RESTANTE_CHECKED(rewriter.finish());
  RESTANTE_CHECKED(rewriter.sync());
  RESTANTE_CHECKED(turn.hold_views());
  Status placed = turn.put_in_place(rewriter);
  turn.release_views();
  RESTANTE_CHECKED(placed);
  LogFile& log = *turn.known().log();
  // Of no use any more; if it stays, it is not believed.
  (void)disk.remove(log.paths().index);
  // If this fails, the file is in use all the same: the first append to it tries again.
  return log.ensure_named();
}

}  // namespace

/// By how much the file shrank. Errors: kBusy: a session of another process is open.
Result<std::uint64_t> MaildropUpkeep::rewrite(Rewriter& rewriter, const Pace& pace) {
  {
    RESTANTE_TRY(auto turn, take_turn(maildrop_));
    RESTANTE_CHECKED(turn.hold_views());  // Would be in vain otherwise.
    turn.release_views();
    RESTANTE_CHECKED(rewriter.begin(Sequence{turn.known().next_sequence()}));
  }
  RESTANTE_CHECKED(rewriter.copy_kept());
  for (int round = 0;; ++round) {
    RESTANTE_CHECKED(rewriter.sync());  // Most of it while no delivery waits.
    std::uint64_t tail_end = 0;
    {
      RESTANTE_TRY(auto turn, take_turn(maildrop_));
      if (!rewriter.is_of(*turn.log())) return Error(Errc::kIo, "the log was replaced meanwhile");
      tail_end = turn.known().end();
      if (tail_end - rewriter.copied_end() <= kTailBytesMax || round == kTailRoundsMax) {
        RESTANTE_CHECKED(finish(rewriter, environment_.disk, turn));
        const std::uint64_t now = turn.known().end();
        return tail_end > now ? tail_end - now : 0;
      }
    }
    RESTANTE_CHECKED(rewriter.copy_tail(tail_end, &pace));
  }
}

// Repair.

Result<MaildropUpkeep::Present> MaildropUpkeep::look_at_present() {
  RESTANTE_TRY(auto turn, take_turn(maildrop_));
  RESTANTE_TRY(const KnownViews* const known, turn.views());
  Present now{
      turn.log(), turn.known().end(), {known->all(), known->all()->count(), {}, {}}, {}, {}};
  now.views.table = *known->table();
  for (const auto& [view, state] : known->states()) now.views.missing[view] = state.missing;
  RESTANTE_TRY(const Held held, turn.held());
  now.held = held;
  now.holding = now.views.table.holding(environment_.clock.now(), environment_.view_expires);
  return now;
}

Result<RepairReport> MaildropUpkeep::repair(const Pace& pace) {
  RepairReport report;
  auto begun = begin();
  if (!begun && begun.error().code == Errc::kNotFound) return report;
  if (!begun) return std::move(begun).error();
  RESTANTE_TRY(const Present now, look_at_present());
  Rewriter rewriter(environment_, now.log, pace);
  RESTANTE_CHECKED(rewriter.survey_headers());
  RESTANTE_CHECKED(rewriter.survey(now.end, true));
  if (!rewriter.found_damage()) {
    // Where damage looked like a torn append, it was cut when the log was read; that must last.
    RESTANTE_CHECKED(now.log->sync());
    return report;
  }
  rewriter.reconcile(now.views);
  RESTANTE_TRY(auto dropped, rewriter.plan_repair());
  report.set_aside = std::move(dropped);
  RESTANTE_CHECKED(rewrite(rewriter, pace));
  return report;
}

Result<HealReport> MaildropUpkeep::heal(const std::string& copy, const Pace& pace) {
  RESTANTE_TRY(const auto donor, environment_.disk.open(copy, disk::OpenMode::kRead));
  RESTANTE_TRY(const auto begun, begin());
  RESTANTE_TRY(const Present now, look_at_present());
  Rewriter rewriter(environment_, now.log, pace);
  RESTANTE_CHECKED(rewriter.survey(now.end, true));
  if (rewriter.found_damage()) rewriter.reconcile(now.views);
  RESTANTE_TRY(auto report, rewriter.plan_healing(*donor));
  if (!report.healed.empty()) RESTANTE_CHECKED(rewrite(rewriter, pace));
  return report;
}

// Purging.

namespace {

/// The log last: until it is gone, a purge that was cut short can be made again. A process that
/// knows it finds out by its count of links, under the append lock that is held here.
Status remove_files(disk::Disk& disk, const LogPaths& paths) {
  for (const std::string& path : {paths.log_new, paths.index_new, paths.index, paths.aside}) {
    const Status removed = disk.remove(path);
    if (!removed && removed.error().code != Errc::kNotFound) return removed;
  }
  RESTANTE_CHECKED(disk.remove(paths.log));
  return disk.sync_directory(paths.directory);
}

}  // namespace

Result<bool> MaildropUpkeep::purge() {
  auto begun = begin();
  if (!begun && begun.error().code == Errc::kNotFound) return false;
  if (!begun) return std::move(begun).error();
  RESTANTE_TRY(auto turn, take_turn(maildrop_));
  RESTANTE_CHECKED(turn.hold_views());
  const bool has_session = turn.has_session();
  const Status removed = has_session
                             ? Error(Errc::kBusy, "a session has it: " + maildrop_.account())
                             : remove_files(environment_.disk, turn.log()->paths());
  turn.release_views();
  RESTANTE_CHECKED(removed);
  return true;
}

}  // namespace restante::maildrop::log
