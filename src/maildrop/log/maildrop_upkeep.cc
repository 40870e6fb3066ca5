// Retention, reclaiming and repair: what changes the set of messages that a maildrop keeps.
//
// A rewriting copies what is kept to a new file while deliveries and sessions go on, then takes the
// append lock, copies what came meanwhile, makes the new file durable and renames it over the old
// one. The rename is the one step that counts: before it nothing has happened, and after it both
// files say the same, so it does not matter which of them power loss leaves behind, until something
// is appended to the new one; and the first append makes sure of its name (LogFile::ensure_named).
#include <algorithm>
#include <iterator>

#include "maildrop/log/entries.h"
#include "maildrop/log/maildrop.h"
#include "maildrop/log/rewriter.h"

namespace restante::maildrop::log {
namespace {

constexpr std::uint64_t kReclaimBytesMin = 64U << 10;  // Less is not worth a rewriting.
constexpr std::uint64_t kTailBytesMax = 256U << 10;    // Copied while deliveries wait.
constexpr int kTailRoundsMax = 16;                     // Then deliveries have to wait for more.

/// Whether a rewriting that gives back `gain` and leaves `rest` and so many messages is worth it.
bool is_worth(std::uint64_t gain, std::uint64_t rest, std::uint64_t messages) {
  if (messages == 0) return gain > 0;
  return gain >= kReclaimBytesMin && gain > rest;
}

}  // namespace

/// The right to rewrite the log, in this process and between processes.
class Maildrop::Upkeep {
 public:
  Upkeep(std::unique_lock<std::mutex> mutex, std::shared_ptr<LogFile> log)
      : mutex_(std::move(mutex)), log_(std::move(log)) {}
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;
  ~Upkeep() { log_->file().unlock(kUpkeepLockAt, 1); }

 private:
  const std::unique_lock<std::mutex> mutex_;
  const std::shared_ptr<LogFile> log_;
};

/// Errors: kBusy: somebody else is at it; kNotFound: there is no maildrop.
Result<std::unique_ptr<Maildrop::Upkeep>> Maildrop::begin_upkeep() {
  std::unique_lock mutex(upkeep_mutex_, std::try_to_lock);
  if (!mutex) return Error(Errc::kBusy, "upkeep is at it: " + account_);
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  RESTANTE_CHECKED(turn.log->file().try_lock(kUpkeepLockAt, 1));
  auto upkeep = std::make_unique<Upkeep>(std::move(mutex), turn.log);
  // What a crash left of an earlier rewriting: whoever is at one has the lock that we have now.
  (void)environment_.disk.remove(turn.log->paths().log_new);
  return upkeep;
}

Result<UpkeepReport> Maildrop::upkeep(const UpkeepPolicy& policy, const Pace& pace) {
  UpkeepReport report;
  auto begun = begin_upkeep();
  if (!begun && (begun.error().code == Errc::kBusy || begun.error().code == Errc::kNotFound))
    return report;
  if (!begun) return std::move(begun).error();
  RESTANTE_TRY(const std::uint64_t expired, expire(policy.retention));
  RESTANTE_TRY(const std::uint64_t reclaimed, reclaim(policy, pace));
  report.expired = expired;
  report.reclaimed_bytes = reclaimed;
  return report;
}

// Retention.

/// Messages of the default view whose time is over.
Result<std::vector<Sequence>> Maildrop::find_expired(const Retention& retention) {
  const WallTime latest = environment_.clock.now() - *retention.days;
  std::vector<Sequence> expired;
  std::shared_ptr<LogFile> log;
  std::uint64_t end = 0;
  {
    const std::lock_guard guard(append_mutex_);
    RESTANTE_TRY(const Turn turn, take_turn(Purpose::kRead, Creation::kNever));
    RESTANTE_CHECKED(load_view(View::kDefault));
    const KnownLog::ViewState& view = known_.view(View::kDefault);
    if (retention.from == Retention::From::kArrival) {
      for (std::uint32_t i = 0; i < view.messages->count(); ++i) {
        const MessageInfo& info = (*view.messages)[i].info;
        if (info.arrived <= latest) expired.push_back(info.sequence);
      }
      return expired;
    }
    if (view.retrieved.empty()) return expired;
    log = turn.log;
    end = known_.end();
  }
  RESTANTE_TRY(const auto entries, read_entries(*log, end, View::kDefault));
  for (const Store::Entry& entry : entries)
    if (!entry.deleted && entry.retrieved_at && *entry.retrieved_at <= latest)
      expired.push_back(entry.info.sequence);
  return expired;
}

/// How many were deleted. None while a session sees them: then another time.
Result<std::uint64_t> Maildrop::expire(const Retention& retention) {
  if (!retention.days) return 0;
  RESTANTE_TRY(const auto expired, find_expired(retention));
  if (expired.empty()) return 0;
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  RESTANTE_CHECKED(load_view(View::kDefault));
  const MessageList& list = *known_.view(View::kDefault).messages;
  std::vector<Sequence> waiting;
  for (std::uint32_t i = 0; i < list.count(); ++i) waiting.push_back(list[i].info.sequence);
  std::vector<Sequence> sequences;  // Without what a session has deleted since we looked.
  std::ranges::set_intersection(expired, waiting, std::back_inserter(sequences));
  if (sequences.empty()) return 0;
  Status held = hold_views();
  bool has_session = !held && held.error().code == Errc::kBusy;
  if (!held && !has_session) return std::move(held).error();
  if (held) {
    const std::lock_guard reading(mutex_);
    has_session = locks_.is_open(View::kDefault);
  }
  Status done = ok();
  RecordContent content;
  content.deletions = SequenceSet(sequences);
  if (!has_session)
    done = append_content(RecordType::kDeletion, View::kDefault, std::move(content));
  if (held) release_views();
  if (!done) return std::move(done).error();
  return has_session ? 0 : sequences.size();
}

// Views.

Status Maildrop::hold_views() {
  const std::lock_guard guard(mutex_);
  return locks_.hold(*shown_.log);
}

void Maildrop::release_views() {
  const std::lock_guard guard(mutex_);
  locks_.release(*shown_.log);
}

// Rewriting.

Result<std::uint64_t> Maildrop::reclaim(const UpkeepPolicy& policy, const Pace& pace) {
  const WallTime now = environment_.clock.now();
  std::shared_ptr<LogFile> log;
  std::uint64_t end = 0;
  std::shared_ptr<const MessageList> live;
  std::uint32_t count = 0;
  {
    const std::lock_guard guard(append_mutex_);
    RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
    RESTANTE_CHECKED(load_view(View::kDefault));
    log = turn.log;
    end = known_.end();
    live = known_.view(View::kDefault).messages;
    count = live->count();
    // At most so much can be given back; as a rule this says that the log need not be read.
    const bool still_waits = waiting_.window == policy.undelete_window && now < waiting_.until;
    const std::uint64_t rest =
        log->start() + live->log_bytes() + (still_waits ? waiting_.bytes : 0);
    const std::uint64_t messages = count + (still_waits && waiting_.bytes > 0 ? 1 : 0);
    if (end <= rest || !is_worth(end - rest, rest, messages)) return 0;
  }
  Rewriter rewriter(environment_, log, pace);
  RESTANTE_CHECKED(rewriter.survey(end, false));
  if (rewriter.lost_undeletion()) return 0;  // Until a repair: somebody may miss what it brought.
  if (rewriter.found_damage()) rewriter.reconcile(*live, count);
  rewriter.plan_reclaiming(now - policy.undelete_window);
  waiting_ = {policy.undelete_window, rewriter.waiting_bytes(), WallTime::min()};
  if (waiting_.bytes > 0) waiting_.until = rewriter.first_waiting() + policy.undelete_window;
  const std::uint64_t rest = rewriter.new_bytes();
  if (end <= rest || !is_worth(end - rest, rest, rewriter.kept_messages())) return 0;
  auto reclaimed = rewrite(rewriter, pace);
  if (!reclaimed && reclaimed.error().code == Errc::kBusy) return 0;
  return reclaimed;
}

/// By how much the file shrank. Errors: kBusy: a session of another process is open.
Result<std::uint64_t> Maildrop::rewrite(Rewriter& rewriter, const Pace& pace) {
  {
    const std::lock_guard guard(append_mutex_);
    RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
    RESTANTE_CHECKED(hold_views());  // Would be in vain otherwise.
    release_views();
    RESTANTE_CHECKED(rewriter.begin(Sequence{known_.next_sequence()}));
  }
  RESTANTE_CHECKED(rewriter.copy_kept());
  for (int round = 0;; ++round) {
    RESTANTE_CHECKED(rewriter.sync());  // Most of it while nobody waits.
    std::uint64_t tail_end = 0;
    {
      const std::lock_guard guard(append_mutex_);
      RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
      if (!rewriter.is_of(*turn.log)) return Error(Errc::kIo, "the log was replaced meanwhile");
      tail_end = known_.end();
      if (tail_end - rewriter.copied_end() <= kTailBytesMax || round == kTailRoundsMax) {
        RESTANTE_CHECKED(finish_rewriting(rewriter));
        const std::uint64_t now = known_.end();
        return tail_end > now ? tail_end - now : 0;
      }
    }
    RESTANTE_CHECKED(rewriter.copy_tail(tail_end, &pace));
  }
}

/// The rest of the copy, and the change to it. The append lock is held.
Status Maildrop::finish_rewriting(Rewriter& rewriter) {
  RESTANTE_CHECKED(rewriter.copy_tail(known_.end(), nullptr));
  RESTANTE_CHECKED(rewriter.finish());
  RESTANTE_CHECKED(rewriter.sync());
  RESTANTE_CHECKED(hold_views());
  Status placed = put_in_place(rewriter);
  release_views();
  RESTANTE_CHECKED(placed);
  // Of no use any more; if it stays, it is not believed.
  (void)environment_.disk.remove(known_.log()->paths().index);
  // If this fails, the file is in use all the same: whoever appends to it first tries again.
  return known_.log()->ensure_named();
}

/// Gives the new file the log's name. If the rename fails, the old one goes on to be the log:
/// should it have happened nevertheless, the old one's link count says so before anything is
/// appended.
Status Maildrop::put_in_place(Rewriter& rewriter) {
  {
    // Before others can see it: the sessions of this process stay the only ones of their views.
    const std::lock_guard guard(mutex_);
    RESTANTE_CHECKED(locks_.take_in(rewriter.file()));
  }
  RESTANTE_CHECKED(
      environment_.disk.rename(known_.log()->paths().log_new, known_.log()->paths().log));
  known_.adopt(rewriter, rewriter.take_log());
  memory_.set(known_.memory_bytes());
  const std::lock_guard guard(mutex_);
  locks_.forget_held();
  show_locked(known_.snapshots());
  return ok();
}

// Repair.

Result<Maildrop::Present> Maildrop::look_at_present() {
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kAppend, Creation::kNever));
  RESTANTE_CHECKED(load_view(View::kDefault));
  const auto& live = known_.view(View::kDefault).messages;
  return Present{turn.log, known_.end(), live, live->count()};
}

Result<RepairReport> Maildrop::repair(const Pace& pace) {
  RepairReport report;
  auto begun = begin_upkeep();
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
  rewriter.reconcile(*now.live, now.count);
  RESTANTE_TRY(auto dropped, rewriter.plan_repair());
  report.set_aside = std::move(dropped);
  RESTANTE_CHECKED(rewrite(rewriter, pace));
  return report;
}

Result<HealReport> Maildrop::heal(const std::string& copy, const Pace& pace) {
  RESTANTE_TRY(const auto donor, environment_.disk.open(copy, disk::OpenMode::kRead));
  RESTANTE_TRY(const auto begun, begin_upkeep());
  RESTANTE_TRY(const Present now, look_at_present());
  Rewriter rewriter(environment_, now.log, pace);
  RESTANTE_CHECKED(rewriter.survey(now.end, true));
  if (rewriter.found_damage()) rewriter.reconcile(*now.live, now.count);
  RESTANTE_TRY(auto report, rewriter.plan_healing(*donor));
  if (!report.healed.empty()) RESTANTE_CHECKED(rewrite(rewriter, pace));
  return report;
}

}  // namespace restante::maildrop::log
