#include "fetch/local_mail.h"

#include <chrono>

#include "fetch/hand_on_target.h"

namespace restante::fetch {

LocalMail::LocalMail(const profile::Account& account, archive::AccountLock lock,
                     archive::Database database, const Clock& clock)
    : account_(account), lock_(std::move(lock)), database_(std::move(database)), clock_(clock) {}

Result<std::unique_ptr<LocalMail>> LocalMail::open(const profile::Account& account,
                                                   const std::filesystem::path& archive,
                                                   const Clock& clock) {
  Result<archive::AccountLock> lock = archive::AccountLock::take(archive, account.name);
  if (!lock && lock.error().code == Errc::kBusy) {
    return Error(Errc::kBusy,
                 "another restante fetches for account \"" + account.name + "\" at the moment");
  }
  if (!lock) return std::move(lock).error();
  RESTANTE_TRY(archive::Database database,
               archive::Database::open(archive, archive::Access::kCreate));
  std::unique_ptr<LocalMail> local(
      new LocalMail(account, std::move(*lock), std::move(database), clock));
  RESTANTE_CHECKED(local->load(archive));
  return local;
}

Status LocalMail::load(const std::filesystem::path& archive) {
  RESTANTE_TRY(archive::Mailbox mailbox,
               archive::Mailbox::open(archive, account_.name, archive::Create::kYes, clock_));
  mailbox_ = std::move(mailbox);
  RESTANTE_TRY(archive::Catalog catalog, archive::Catalog::open(database_));
  catalog_ = std::move(catalog);
  RESTANTE_TRY(State state, State::open(database_, account_.name));
  state_ = std::move(state);
  RESTANTE_TRY(HandOnQueue queue, HandOnQueue::open(database_, account_.name));
  queue_ = std::move(queue);
  for (const profile::HandOn& target : account_.hand_on)
    destinations_.push_back(destination_of(target));
  RESTANTE_CHECKED(archive::synchronize(database_, *mailbox_));
  RESTANTE_TRY(Known known, state_->load());
  known_ = std::move(known);
  return ok();
}

Seconds LocalMail::now() const {
  return std::chrono::time_point_cast<std::chrono::seconds>(clock_.now());
}

Result<bool> LocalMail::was_removed(std::string_view sha256) {
  if (mailbox_->find(sha256)) return false;
  return catalog_->was_removed(account_.name, sha256);
}

Result<bool> LocalMail::is_safe(std::string_view sha256) {
  if (mailbox_->find(sha256)) return true;
  return catalog_->was_removed(account_.name, sha256);
}

Result<std::vector<Landed>> LocalMail::keep(std::vector<Arrived>&& group) {
  std::vector<Landed> landed;
  std::vector<std::unique_ptr<archive::Incoming>> batch;
  std::vector<std::size_t> places;  // In `landed`, of what is in the batch.
  for (Arrived& arrived : group) {
    RESTANTE_TRY(const bool removed, was_removed(arrived.received.sha256));
    landed.push_back({std::move(arrived.fetch), arrived.received.sha256, arrived.received.octets,
                      /*is_new=*/false});
    if (removed) continue;
    places.push_back(landed.size() - 1);
    batch.push_back(std::move(arrived.incoming));
  }
  group.clear();
  RESTANTE_TRY(const std::vector<archive::Kept> kept, mailbox_->keep(std::move(batch)));
  RESTANTE_TRY(const auto transaction, database_.begin());
  std::vector<Change> changes;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    landed[places[i]].is_new = !kept[i].was_there;
    RESTANTE_CHECKED(catalog_->record_kept(account_.name, kept[i]));
    RESTANTE_CHECKED(queue_hand_on(landed[places[i]]));
  }
  for (const Landed& each : landed) {
    changes.push_back(stored(each));
    RESTANTE_CHECKED(state_->put(changes.back().uid, changes.back().entry));
  }
  RESTANTE_CHECKED(transaction->commit());
  for (Change& change : changes) known_[change.uid] = std::move(change.entry);
  return landed;
}

Change LocalMail::stored(const Landed& landed) const {
  const bool identified = !landed.fetch.uid.empty();
  Change change{identified ? landed.fetch.uid : content_uid(landed.sha256), {}};
  change.entry = entry_of(change.uid);
  // The same content under the id of a deleted message: the server has brought it back.
  const bool back = change.entry.state == UidState::kGone && change.entry.sha256 == landed.sha256;
  change.entry.attempts = back ? change.entry.attempts + 1 : 0;
  change.entry.state = UidState::kStored;
  change.entry.sha256 = landed.sha256;
  change.entry.octets = landed.fetch.octets;
  change.entry.retry_after = {};
  change.entry.reason.clear();
  return change;
}

Status LocalMail::queue_hand_on(const Landed& landed) {
  const auto before = known_.find(landed.fetch.uid);
  // Mail of the time before there were targets stays where it is.
  if (before != known_.end() && before->second.sha256 == landed.sha256) return ok();
  for (const std::string& destination : destinations_)
    RESTANTE_CHECKED(queue_->add(landed.sha256, destination));
  return ok();
}

Status LocalMail::record(std::span<const Change> changes) {
  if (changes.empty()) return ok();
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const Change& change : changes) RESTANTE_CHECKED(state_->put(change.uid, change.entry));
  RESTANTE_CHECKED(transaction->commit());
  for (const Change& change : changes) known_[change.uid] = change.entry;
  return ok();
}

KnownUid LocalMail::entry_of(std::string_view uid) const {
  const auto found = known_.find(std::string(uid));
  if (found != known_.end()) return found->second;
  KnownUid fresh;
  fresh.first_seen = now();
  return fresh;
}

Status LocalMail::set_shrunken_since(std::optional<Seconds> since) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(state_->set_shrunken_since(since));
  return transaction->commit();
}

}  // namespace restante::fetch
