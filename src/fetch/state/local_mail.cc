#include "fetch/state/local_mail.h"

#include <algorithm>
#include <chrono>

#include "archive/care/restore.h"
#include "fetch/hand_on/hand_on_names.h"
#include "fetch/plan/backoff.h"

namespace restante::fetch {
namespace {

// A write an hour: the clock is looked at in each run.
constexpr std::chrono::hours kClockWritten{1};

/// A mailbox that is gone with its disk must not look like mail that the user removed: that would
/// be deleted on the server, too.
Status check_mailbox(archive::Database& database, const std::filesystem::path& archive,
                     const std::string& account) {
  const std::filesystem::path folder = archive / archive::account_folder(account);
  // An archive that is moved to a new disk begins without its folders.
  std::error_code failed;
  if (std::filesystem::is_directory(folder / "cur", failed)) return ok();
  RESTANTE_TRY(
      archive::Statement query,
      database.prepare("SELECT 1 FROM messages WHERE account = ?1 AND removed = 0 LIMIT 1"));
  query.bind(1, account);
  RESTANTE_TRY(const bool has_mail, query.step());
  if (!has_mail) return ok();
  return Error(Errc::kIo, folder.string() + ": its mail is gone: is its disk mounted?");
}

/// Two computers that collect the same account would each hand on all of its mail.
Status check_not_paused(archive::Database& database, const std::string& account) {
  RESTANTE_TRY(const auto since, archive::paused_since(database, account));
  if (!since) return ok();
  return Error(Errc::kState,
               "paused, since its archive was restored from a backup: when the other "
               "computer collects its mail no more, \"restante account resume " +
                   account + "\" (or --all) goes on");
}

}  // namespace

LocalMail::LocalMail(const profile::Account& account, Parts parts, const Clock& clock,
                     Scanning scanning)
    : account_(account),
      lock_(std::move(parts.lock)),
      database_(std::move(parts.database)),
      clock_(clock),
      scanning_(scanning) {}

Result<std::unique_ptr<LocalMail>> LocalMail::open(const profile::Account& account,
                                                   const std::filesystem::path& archive,
                                                   const Clock& clock, Scanning scanning) {
  // The lock first: of two fetches each would take a message for new, and hand it on.
  Result<archive::AccountLock> lock = archive::AccountLock::take(archive, account.name);
  if (!lock && lock.error().code == Errc::kBusy) {
    return Error(Errc::kBusy,
                 "another restante fetches for account \"" + account.name + "\" at the moment");
  }
  if (!lock) return std::move(lock).error();
  RESTANTE_TRY(archive::Database database,
               archive::Database::open(archive, archive::Access::kCreate));
  RESTANTE_CHECKED(check_not_paused(database, account.name));
  std::unique_ptr<LocalMail> local(
      new LocalMail(account, Parts{std::move(*lock), std::move(database)}, clock, scanning));
  RESTANTE_CHECKED(local->load(archive));
  return local;
}

Status LocalMail::load(const std::filesystem::path& archive) {
  // Before the mailbox's folder is made anew, which hides that it was gone.
  RESTANTE_CHECKED(check_mailbox(database_, archive, account_.name));
  RESTANTE_TRY(archive::Mailbox mailbox,
               archive::Mailbox::open(archive, account_.name, archive::Create::kYes, clock_));
  mailbox_ = std::move(mailbox);
  RESTANTE_TRY(archive::Catalog catalog, archive::Catalog::open(database_));
  catalog_ = std::move(catalog);
  RESTANTE_TRY(State state, State::open(database_, account_.name));
  state_ = std::move(state);
  RESTANTE_TRY(HandOnQueue queue, HandOnQueue::open(database_, account_.name));
  queue_ = std::move(queue);
  destinations_ = destinations_of(account_);
  // Before new messages are queued: a target that has rows already is no new one.
  RESTANTE_TRY(std::vector<std::string> remarks, settle_names(*queue_, account_));
  remarks_ = std::move(remarks);
  for (const std::string& remark : database_.remarks()) remarks_.push_back(remark);
  // What mail readers did since the last run decides what counts as removed.
  RESTANTE_CHECKED(archive::synchronize(database_, *mailbox_));
  RESTANTE_CHECKED(open_held(archive));
  RESTANTE_CHECKED(load_known());
  RESTANTE_TRY(const bool lost, state_->was_lost());
  was_lost_ = lost;
  if (was_lost_)
    remarks_.emplace_back(
        "what was fetched before is not known any more: all messages that are still on the server "
        "are looked at again, and those that the archive has are neither kept twice nor handed on "
        "again");
  return look_at_the_clock();
}

Status LocalMail::load_known() {
  RESTANTE_TRY(Known known, state_->load());
  known_ = std::move(known);
  for (auto& [uid, entry] : known_) {
    // Else it would be old at once, or never.
    // Times from a clock that was ahead must not hold until that clock's time.
    if (entry.first_seen > now()) entry.first_seen = now();
    if (entry.retry_after > now() + kRetryWithin) entry.retry_after = now();
  }
  return ok();
}

Status LocalMail::look_at_the_clock() {
  RESTANTE_TRY(const ClockMemory memory, state_->clock_memory());
  clock_memory_ = look_at_clock(memory, now());
  // Each look need not be written down, only those that a jump shows by.
  const bool lately = memory.last && std::chrono::abs(now() - *memory.last) < kClockWritten;
  if (lately && memory.doubted_since == clock_memory_.doubted_since) return ok();
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(state_->remember_clock(clock_memory_));
  return transaction->commit();
}

Status LocalMail::confirm_clock() {
  clock_memory_.doubted_since.reset();
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(state_->remember_clock(clock_memory_));
  return transaction->commit();
}

Status LocalMail::open_held(const std::filesystem::path& archive) {
  const bool used = scanning_ == Scanning::kFirst;
  Result<archive::HeldMail> held =
      archive::HeldMail::open(database_, archive, account_.name,
                              used ? archive::Create::kYes : archive::Create::kNo, clock_);
  // Without scanning, only mail matters that an earlier run has held.
  if (!held && held.error().code == Errc::kNotFound && !used) return ok();
  if (!held) return std::move(held).error();
  held_ = std::move(*held);
  return held_->synchronize(*mailbox_);
}

Seconds LocalMail::now() const {
  return std::chrono::time_point_cast<std::chrono::seconds>(clock_.now());
}

Result<std::unique_ptr<archive::Incoming>> LocalMail::begin() {
  return scanning_ == Scanning::kFirst ? held_->begin() : mailbox_->begin();
}

Result<bool> LocalMail::is_held(std::string_view sha256) {
  return held_ ? held_->holds(sha256) : Result<bool>(false);
}

Result<bool> LocalMail::was_removed(std::string_view sha256, std::uint32_t copy) {
  RESTANTE_TRY(const archive::Absence absence, catalog_->absence_of(account_.name, sha256, copy));
  return absence == archive::Absence::kDeleted;
}

Result<bool> LocalMail::stays_away(std::string_view sha256, std::uint32_t copy) {
  RESTANTE_TRY(const archive::Absence absence, catalog_->absence_of(account_.name, sha256, copy));
  return absence == archive::Absence::kDeleted || absence == archive::Absence::kAccepted;
}

Result<bool> LocalMail::is_gone(std::string_view sha256, std::uint32_t copy) {
  RESTANTE_TRY(const archive::Absence absence, catalog_->absence_of(account_.name, sha256, copy));
  return absence == archive::Absence::kGone;
}

Result<bool> LocalMail::is_safe(std::string_view sha256, std::uint32_t copy) {
  if (mailbox_->find(sha256)) return true;
  RESTANTE_TRY(const bool held, is_held(sha256));
  if (held) return true;
  return was_removed(sha256, copy);
}

bool LocalMail::is_whole(const KnownUid& entry) {
  // Only what the disk gives back proves a message that its server shall delete.
  // A file of this run was synced a moment ago; an older one may have rotted.
  const archive::Look look = entry.fresh ? archive::Look::kSize : archive::Look::kContent;
  return mailbox_->is_whole(entry.sha256, look) || (held_ && held_->is_whole(entry.sha256, look));
}

Status LocalMail::store(std::span<const Change> changes) {
  if (changes.empty()) return ok();
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const Change& change : changes) RESTANTE_CHECKED(state_->put(change.uid, change.entry));
  RESTANTE_CHECKED(transaction->commit());
  // Memory follows the disk: after a commit that failed it must not know more.
  for (const Change& change : changes) remember(Change(change));
  return ok();
}

KnownUid LocalMail::entry_of(std::string_view uid) const {
  const auto found = known_.find(std::string(uid));
  if (found != known_.end()) return found->second;
  KnownUid fresh;
  fresh.first_seen = now();
  return fresh;
}

Result<std::optional<Seconds>> LocalMail::shrunken_since() {
  RESTANTE_TRY(auto since, state_->shrunken_since());
  // A moment that is still to come was noted by a clock that was ahead.
  if (since && *since > now()) since.reset();
  return since;
}

Status LocalMail::set_shrunken_since(std::optional<Seconds> since) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(state_->set_shrunken_since(since));
  return transaction->commit();
}

Status LocalMail::end_loss() {
  if (!was_lost_) return ok();
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(state_->forget_loss());
  RESTANTE_CHECKED(transaction->commit());
  was_lost_ = false;
  return ok();
}

Status LocalMail::set_from_now_on(bool wanted, std::span<const Change> changes) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const Change& change : changes) RESTANTE_CHECKED(state_->put(change.uid, change.entry));
  RESTANTE_CHECKED(state_->set_from_now_on(wanted));
  RESTANTE_CHECKED(transaction->commit());
  for (const Change& change : changes) known_[change.uid] = change.entry;
  return ok();
}

}  // namespace restante::fetch
