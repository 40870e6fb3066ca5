// How what arrives becomes local mail: which message it is, where its file goes, and its rows.
#include <algorithm>
#include <set>
#include <utility>

#include "archive/mailbox/essence.h"
#include "fetch/hand_on/hand_on_names.h"
#include "fetch/hand_on/header_block.h"
#include "fetch/hand_on/multidrop.h"
#include "fetch/state/local_mail.h"

namespace restante::fetch {

Result<std::vector<Landed>> LocalMail::keep(std::vector<Arrived>&& group) {
  std::vector<Landed> landed;
  Batches batches;
  for (Arrived& arrived : group) RESTANTE_CHECKED(sort_in(std::move(arrived), landed, batches));
  group.clear();
  // What is held first: should the disk fill up, no mail is shown that was not scanned.
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

/// A server that writes lines of its own into a header (Status, X-UIDL, …) has not another message.
Result<bool> LocalMail::is_known_otherwise(const Arrived& arrived) {
  const auto before = known_.find(arrived.fetch.uid);
  const archive::Essence& essence = arrived.received.essence;
  if (before == known_.end() || essence.sum.empty()) return false;
  const KnownUid& entry = before->second;
  // The same octets need no second look.
  if (!entry.has_content() || entry.sha256 == arrived.received.sha256 || entry.lost) return false;
  // An id that is free again may be given to another message, which looks like the first one.
  if (entry.state == UidState::kGone && !essence.has_message_id) return false;
  RESTANTE_TRY(const bool removed, stays_away(entry.sha256, entry.copy));
  if (!removed && !is_whole(entry)) return false;
  RESTANTE_TRY(std::string known, state_->essence_of(arrived.fetch.uid));
  if (known.empty()) {  // It was fetched by an older version.
    const auto place = mailbox_->find(entry.sha256);
    if (!place) return false;
    const auto read = archive::essence_of(mailbox_->path_of(*place), entry.sha256);
    if (read) known = read->sum;
  }
  return known == essence.sum;
}

std::uint32_t LocalMail::copy_of(const Arrived& arrived, const std::vector<Landed>& group) {
  // Made with the first copy that is asked for: most runs have none.
  if (!owners_) owners_.emplace(known_);
  const std::string& sha256 = arrived.received.sha256;
  std::vector<const Known::value_type*> owners = owners_->of(sha256, arrived.fetch.uid);
  std::vector<std::unique_ptr<Known::value_type>> in_group;
  for (const Landed& each : group) {
    if (each.sha256 != sha256 || each.fetch.uid.empty()) continue;
    in_group.push_back(std::make_unique<Known::value_type>(each.fetch.uid, KnownUid()));
    in_group.back()->second.copy = each.copy;
    owners.push_back(in_group.back().get());
  }
  // One that is stamped or numbered and comes under another id while its own is gone was moved.
  const bool moved = content_decides_ || arrived.received.essence.is_unmistakable();
  return free_copy(owners, moved ? TakeOver::kVanished : TakeOver::kNo);
}

Result<LocalMail::Identity> LocalMail::identify(const Arrived& arrived,
                                                const std::vector<Landed>& group) {
  const std::string& sha256 = arrived.received.sha256;
  const std::string& uid = arrived.fetch.uid;
  RESTANTE_TRY(const bool held, is_held(sha256));
  RESTANTE_TRY(const bool first_known, catalog_->knows(account_.name, sha256));
  const auto same = [&](const Landed& each) { return each.sha256 == sha256; };
  const bool in_group = std::any_of(group.begin(), group.end(), same);
  if (!held && !first_known && !in_group) return Identity{};
  // A message that comes twice is the same one then.
  if (uid.empty()) return Identity{1, true};  // Without ids there is only the content.
  const auto before = known_.find(uid);
  Identity identity;
  identity.copy = before != known_.end() && before->second.sha256 == sha256
                      ? before->second.copy
                      : copy_of(arrived, group);
  RESTANTE_TRY(const bool known, catalog_->knows(account_.name, sha256, identity.copy));
  const bool own = before != known_.end() && before->second.sha256 == sha256;
  identity.known = known || own || (held && identity.copy == 1);
  return identity;
}

Status LocalMail::sort_in(Arrived&& arrived, std::vector<Landed>& landed, Batches& batches) {
  RESTANTE_TRY(const bool otherwise, is_known_otherwise(arrived));
  Landed one;
  one.octets = arrived.received.octets;
  Identity identity;
  if (otherwise) {
    const KnownUid& entry = known_.at(arrived.fetch.uid);
    one.sha256 = entry.sha256;
    identity = Identity{entry.copy, true};
  } else {
    one.sha256 = arrived.received.sha256;
    one.essence = arrived.received.essence.sum;
    RESTANTE_TRY(const Identity found, identify(arrived, landed));
    identity = found;
  }
  one.copy = identity.copy;
  one.is_new = !identity.known;
  one.fetch = std::move(arrived.fetch);
  const std::size_t place = landed.size();
  const std::string sha256 = one.sha256;
  landed.push_back(std::move(one));
  RESTANTE_TRY(const bool held, is_held(sha256));
  landed.back().is_held = held;
  if (otherwise) return ok();
  bool stays_removed = false;
  if (identity.known) {
    RESTANTE_TRY(const bool removed, stays_away(sha256, identity.copy));
    stays_removed = removed;
  }
  // A held file that is damaged is written anew.
  const bool is_held_whole = held && held_->is_whole(sha256, archive::Look::kContent);
  if (is_held_whole || stays_removed) return ok();
  if (held ||
      (scanning_ == Scanning::kFirst && !mailbox_->is_whole(sha256, archive::Look::kContent))) {
    landed.back().is_held = true;
    batches.held_places.push_back(place);
    batches.held.push_back(std::move(arrived.incoming));
  } else if (scanning_ == Scanning::kFirst) {
    // Mail readers have it already. Should one remove it at this very moment, it is removed.
    batches.seen_places.push_back(place);
  } else {
    batches.shown_places.push_back(place);
    batches.shown.push_back(std::move(arrived.incoming));
  }
  return ok();
}

Status LocalMail::commit(std::vector<Landed>& landed, const Batches& batches,
                         const std::vector<archive::Kept>& shown,
                         const std::vector<archive::Kept>& held) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (std::size_t i = 0; i < shown.size(); ++i)
    RESTANTE_CHECKED(place(landed[batches.shown_places[i]], shown[i]));
  for (const archive::Kept& kept : held) RESTANTE_CHECKED(held_->note(kept));
  for (const std::size_t seen : batches.seen_places) {
    const Landed& each = landed[seen];
    const auto where = mailbox_->find(each.sha256);
    // Removed by its reader at this moment: its row is made by the next look.
    if (!where) continue;
    RESTANTE_CHECKED(place(each, archive::Kept{each.sha256, where->name, each.octets, true,
                                               where->seconds, where->folder, false}));
  }
  std::vector<Change> changes;
  for (const Landed& each : landed) {
    // Both rows in one transaction: the id must never name two messages, or none.
    if (auto before = replaced(each)) {
      RESTANTE_CHECKED(state_->put(before->uid, before->entry));
      changes.push_back(std::move(*before));
    }
    changes.push_back(stored(each));
    RESTANTE_CHECKED(state_->put(changes.back().uid, changes.back().entry, each.essence));
  }
  RESTANTE_CHECKED(transaction->commit());
  for (Change& change : changes) remember(std::move(change));
  return ok();
}

/// Its row, and its rows in the queue.
Status LocalMail::place(const Landed& landed, const archive::Kept& kept) {
  const auto stay = account_.keep_in_archive ? archive::Stay::kForGood : archive::Stay::kInPassing;
  RESTANTE_CHECKED(catalog_->note_kept(account_.name, kept, landed.copy, stay));
  RESTANTE_CHECKED(queue_hand_on(landed));
  return landed.is_new ? queue_hook(landed) : ok();
}

void LocalMail::remember(Change&& change) {
  const auto [entry, made] = known_.insert_or_assign(change.uid, std::move(change.entry));
  if (owners_) owners_->add(*entry);
}

Status LocalMail::let_in(const std::vector<archive::Held>& messages) {
  if (messages.empty()) return ok();
  RESTANTE_TRY(const std::vector<archive::Kept> kept, held_->move_to(*mailbox_, messages));
  if (!owners_) owners_.emplace(known_);
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    // Each copy that its server still has is let in as a message of its own.
    std::set<std::uint32_t> copies;
    for (const Known::value_type* const owner : owners_->of(kept[i].sha256, "")) {
      const std::uint32_t copy = owner->second.copy;
      RESTANTE_TRY(const bool known, catalog_->knows(account_.name, kept[i].sha256, copy));
      if (!known) copies.insert(copy);
    }
    if (copies.empty()) copies.insert(1);
    for (const std::uint32_t copy : copies) {
      Landed landed;
      landed.sha256 = kept[i].sha256;
      landed.copy = copy;
      landed.is_new = true;
      RESTANTE_CHECKED(place(landed, kept[i]));
    }
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
  change.entry.copy = landed.copy;
  change.entry.octets = landed.fetch.octets;
  change.entry.retry_after = {};
  change.entry.reason.clear();
  change.entry.lost = false;
  change.entry.fresh = true;
  // The age of the message that had this id before is not this one's.
  if (replaced(landed)) {
    change.entry.first_seen = now();
    change.entry.seen_days = 0;
  }
  change.entry.see_on(now());
  return change;
}

/// The message that was known under this id stays known, under another name.
std::optional<Change> LocalMail::replaced(const Landed& landed) const {
  const auto before = known_.find(landed.fetch.uid);
  if (landed.fetch.uid.empty() || before == known_.end() || !before->second.has_content() ||
      // The same content under the same id is no replacement.
      before->second.sha256 == landed.sha256) {
    return std::nullopt;
  }
  Change change{replaced_uid(archive::message_key(before->second.sha256, before->second.copy)),
                before->second};
  change.entry.state = UidState::kGone;
  return change;
}

Status LocalMail::queue_hand_on(const Landed& landed) {
  const auto before = known_.find(landed.fetch.uid);
  // Mail of the time before there were targets stays where it is.
  if (before != known_.end() && before->second.sha256 == landed.sha256) return ok();
  // It went its way before its id was forgotten.
  if (was_lost_ && !landed.is_new) return ok();
  if (!landed.is_new && !landed.fetch.uid.empty() && owners_)
    for (const Known::value_type* const owner : owners_->of(landed.sha256, landed.fetch.uid))
      if (owner->second.copy == landed.copy) return ok();  // Queued once, under its first id.
  return queue_everywhere(landed);
}

Status LocalMail::queue_everywhere(const Landed& landed) {
  std::vector<std::string> chosen;
  if (!account_.envelope.empty()) {
    const auto place = mailbox_->find(landed.sha256);
    // The header decides for whom it is, and stands in the file that was just kept.
    const HeaderBlock header = place ? read_header(mailbox_->path_of(*place)) : HeaderBlock();
    chosen = sorted_targets(account_, header.text());
  }
  for (const std::string& destination : account_.envelope.empty() ? destinations_ : chosen)
    RESTANTE_CHECKED(queue_->add(landed.sha256, destination, landed.copy));
  return ok();
}

Status LocalMail::queue_hook(const Landed& landed) {
  if (account_.on_message.empty()) return ok();
  return queue_->add(landed.sha256, kHookName, landed.copy);
}

}  // namespace restante::fetch
