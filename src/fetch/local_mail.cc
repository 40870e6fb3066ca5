#include "fetch/local_mail.h"

#include <chrono>

#include "fetch/hand_on_target.h"

namespace restante::fetch {

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
  Result<archive::AccountLock> lock = archive::AccountLock::take(archive, account.name);
  if (!lock && lock.error().code == Errc::kBusy) {
    return Error(Errc::kBusy,
                 "another restante fetches for account \"" + account.name + "\" at the moment");
  }
  if (!lock) return std::move(lock).error();
  RESTANTE_TRY(archive::Database database,
               archive::Database::open(archive, archive::Access::kCreate));
  std::unique_ptr<LocalMail> local(
      new LocalMail(account, Parts{std::move(*lock), std::move(database)}, clock, scanning));
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
  RESTANTE_CHECKED(open_held(archive));
  RESTANTE_TRY(Known known, state_->load());
  known_ = std::move(known);
  return ok();
}

Status LocalMail::open_held(const std::filesystem::path& archive) {
  const bool used = scanning_ == Scanning::kFirst;
  Result<archive::HeldMail> held =
      archive::HeldMail::open(database_, archive, account_.name,
                              used ? archive::Create::kYes : archive::Create::kNo, clock_);
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

Result<bool> LocalMail::was_removed(std::string_view sha256) {
  if (mailbox_->find(sha256)) return false;
  return catalog_->was_removed(account_.name, sha256);
}

Result<bool> LocalMail::is_safe(std::string_view sha256) {
  if (mailbox_->find(sha256)) return true;
  RESTANTE_TRY(const bool held, is_held(sha256));
  if (held) return true;
  return catalog_->was_removed(account_.name, sha256);
}

Result<std::vector<Landed>> LocalMail::keep(std::vector<Arrived>&& group) {
  std::vector<Landed> landed;
  Batches batches;
  for (Arrived& arrived : group) RESTANTE_CHECKED(sort_in(std::move(arrived), landed, batches));
  group.clear();
  RESTANTE_TRY(const std::vector<archive::Kept> held, keep_held(std::move(batches.held)));
  RESTANTE_TRY(const std::vector<archive::Kept> shown, mailbox_->keep(std::move(batches.shown)));
  RESTANTE_CHECKED(commit(landed, batches, shown, held));
  return landed;
}

Result<std::vector<archive::Kept>> LocalMail::keep_held(
    std::vector<std::unique_ptr<archive::Incoming>>&& batch) {
  if (batch.empty()) return std::vector<archive::Kept>();
  return held_->keep(std::move(batch));
}

Status LocalMail::sort_in(Arrived&& arrived, std::vector<Landed>& landed, Batches& batches) {
  const std::string& sha256 = arrived.received.sha256;
  const std::size_t place = landed.size();
  landed.push_back({std::move(arrived.fetch), sha256, arrived.received.octets, /*is_new=*/false,
                    /*is_held=*/false});
  RESTANTE_TRY(const bool held, is_held(sha256));
  RESTANTE_TRY(const bool removed, was_removed(sha256));
  landed.back().is_held = held;
  if (held || removed) return ok();
  if (scanning_ == Scanning::kOff) {
    batches.shown_places.push_back(place);
    batches.shown.push_back(std::move(arrived.incoming));
  } else if (mailbox_->find(sha256)) {
    // Mail readers have it already. Should one remove it at this very moment, it is removed.
    batches.seen_places.push_back(place);
  } else {
    landed.back().is_held = true;
    batches.held_places.push_back(place);
    batches.held.push_back(std::move(arrived.incoming));
  }
  return ok();
}

Status LocalMail::commit(std::vector<Landed>& landed, const Batches& batches,
                         const std::vector<archive::Kept>& shown,
                         const std::vector<archive::Kept>& held) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    Landed& each = landed[batches.shown_places[i]];
    each.is_new = !shown[i].was_there;
    RESTANTE_CHECKED(catalog_->record_kept(account_.name, shown[i]));
    RESTANTE_CHECKED(queue_hand_on(each));
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    landed[batches.held_places[i]].is_new = !held[i].was_there;
    RESTANTE_CHECKED(held_->record(held[i]));
  }
  for (const std::size_t place : batches.seen_places)
    RESTANTE_CHECKED(queue_hand_on(landed[place]));
  std::vector<Change> changes;
  for (const Landed& each : landed) {
    changes.push_back(stored(each));
    RESTANTE_CHECKED(state_->put(changes.back().uid, changes.back().entry));
  }
  RESTANTE_CHECKED(transaction->commit());
  for (Change& change : changes) known_[change.uid] = std::move(change.entry);
  return ok();
}

Status LocalMail::let_in(const std::vector<archive::Held>& messages) {
  if (messages.empty()) return ok();
  RESTANTE_TRY(const std::vector<archive::Kept> kept, held_->move_to(*mailbox_, messages));
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    RESTANTE_CHECKED(catalog_->record_kept(account_.name, kept[i]));
    RESTANTE_CHECKED(queue_everywhere(kept[i].sha256));
    RESTANTE_CHECKED(held_->forget(messages[i]));
  }
  return transaction->commit();
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
  return queue_everywhere(landed.sha256);
}

Status LocalMail::queue_everywhere(std::string_view sha256) {
  for (const std::string& destination : destinations_)
    RESTANTE_CHECKED(queue_->add(sha256, destination));
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

Status LocalMail::set_from_now_on(bool wanted, std::span<const Change> changes) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const Change& change : changes) RESTANTE_CHECKED(state_->put(change.uid, change.entry));
  RESTANTE_CHECKED(state_->set_from_now_on(wanted));
  RESTANTE_CHECKED(transaction->commit());
  for (const Change& change : changes) known_[change.uid] = change.entry;
  return ok();
}

}  // namespace restante::fetch
