#include "sim/model.h"

#include <algorithm>

namespace restante::sim {

Presence presence_in(const World& world, MessageId id) {
  return id < world.size() ? world[id] : Presence::kNever;
}

namespace {

World with(World world, const Change& change) {
  using Kind = Change::Kind;
  for (const MessageId id : change.ids) {
    if (world.size() <= id) world.resize(id + 1, Presence::kNever);
    // Deleting what never came changes nothing.
    if (world[id] == Presence::kNever && change.kind != Kind::kDeliver) continue;
    world[id] = change.kind == Kind::kDelete ? Presence::kDeleted : Presence::kHere;
  }
  return world;
}

}  // namespace

MessageId Model::add(MessageFacts facts) {
  by_arrival_.emplace(facts.arrived, messages.size());
  messages.push_back(std::move(facts));
  return messages.size() - 1;
}

std::optional<MessageId> Model::find(WallTime arrived) const {
  const auto at = by_arrival_.find(arrived);
  if (at == by_arrival_.end()) return std::nullopt;
  return at->second;
}

/// Rarely nothing is heard and nothing seen for long: then all that the worlds differ in counts as
/// unknown, and one of them is left.
void Model::bound() {
  constexpr std::size_t kWorldsMax = 10'000;
  if (worlds_.size() <= kWorldsMax) return;
  for (MessageId id = 0; id < messages.size(); ++id) {
    const Presence first = presence_in(*worlds_.begin(), id);
    if (!must_be(id, first)) messages[id].loose = messages[id].hit = true;
  }
  worlds_.erase(std::next(worlds_.begin()), worlds_.end());
}

void Model::acknowledge(const Change& change) {
  std::set<World> after;
  for (const World& world : worlds_) after.insert(with(world, change));
  worlds_ = std::move(after);
  for (const MessageId id : change.ids) messages[id].loose = false;
  unsettled_.clear();
}

void Model::leave_open(const Change& change) {
  std::set<World> after = worlds_;
  for (const World& world : worlds_) after.insert(with(world, change));
  worlds_ = std::move(after);
  unsettled_.push_back(change);
  bound();
}

void Model::lose_power(bool leaves_piece) {
  // One at most: each was written in the place of the one before it. And a step that is not on the
  // platter now will never be, unless a piece of it is: the next step that is written there and
  // lost, too, may bring the missing piece, where the two ask for the same.
  std::set<World> after = worlds_;
  for (const Change& change : unsettled_) {
    if (change.in_pieces) loosen(change);
    for (const World& world : worlds_) after.insert(with(world, change));
  }
  worlds_ = std::move(after);
  if (!leaves_piece) unsettled_.clear();
  bound();
}

void Model::loosen(const Change& change) {
  for (const MessageId id : change.ids) {
    messages[id].loose = true;
    messages[id].hit |= change.kind == Change::Kind::kDeliver;
  }
}

void Model::lose_sync() {
  // A message that was seen is durable: it was synced before it was shown.
  std::erase_if(unsettled_, [&](const Change& change) {
    return change.kind == Change::Kind::kDeliver && must_be(change.ids[0], Presence::kHere);
  });
  for (const Change& change : unsettled_) loosen(change);
}

void Model::settle() {
  for (const Change& change : unsettled_) {
    if (change.kind != Change::Kind::kDeliver) continue;
    for (const MessageId id : change.ids) messages[id].synced |= !messages[id].loose;
  }
}

bool Model::fits(const World& world, const Observation& seen) const {
  for (MessageId id = 0; id < messages.size(); ++id) {
    const MessageFacts& facts = messages[id];
    if (facts.hit || facts.loose) continue;
    const bool here = presence_in(world, id) == Presence::kHere;
    if (here != seen.here.contains(id)) return false;
    if (!seen.shows_deleted) continue;
    const bool deleted = presence_in(world, id) == Presence::kDeleted;
    if (deleted == seen.deleted.contains(id)) continue;
    if (!deleted || !facts.reclaimable) return false;
  }
  return true;
}

template <typename Fits>
bool Model::keep(Fits fits) {
  std::set<World> left;
  for (const World& world : worlds_)
    if (fits(world)) left.insert(world);
  if (left.empty()) return false;
  worlds_ = std::move(left);
  return true;
}

bool Model::observe(const Observation& seen) {
  if (!keep([&](const World& world) { return fits(world, seen); })) return false;
  // Messages of which nothing was known are known now to have come.
  std::set<World> after;
  for (World world : worlds_) {
    world.resize(messages.size(), Presence::kNever);
    for (const MessageId id : seen.here)
      if (world[id] == Presence::kNever) world[id] = Presence::kHere;
    for (const MessageId id : seen.deleted)
      if (world[id] == Presence::kNever) world[id] = Presence::kDeleted;
    after.insert(std::move(world));
  }
  worlds_ = std::move(after);
  return true;
}

bool Model::observe_restored(const std::set<MessageId>& restored,
                             const std::vector<MessageId>& wanted) {
  return keep([&](const World& world) {
    return std::ranges::all_of(wanted, [&](MessageId id) {
      const MessageFacts& facts = messages[id];
      const bool deleted = presence_in(world, id) == Presence::kDeleted;
      return facts.hit || facts.loose || deleted == restored.contains(id) ||
             (deleted && facts.reclaimable);
    });
  });
}

bool Model::is_unsure() const {
  return std::ranges::any_of(messages, [](const MessageFacts& m) { return m.hit || m.loose; });
}

bool Model::observe_usage(std::uint64_t count, std::uint64_t octets) {
  return is_unsure() || keep([&](const World& world) {
           std::uint64_t here = 0;
           std::uint64_t sum = 0;
           for (MessageId id = 0; id < world.size(); ++id) {
             if (world[id] != Presence::kHere) continue;
             ++here;
             sum += messages[id].wire.size();
           }
           return here == count && sum == octets;
         });
}

bool Model::may_be(MessageId id, Presence presence) const {
  return std::ranges::any_of(
      worlds_, [&](const World& world) { return presence_in(world, id) == presence; });
}

bool Model::must_be(MessageId id, Presence presence) const {
  return std::ranges::all_of(
      worlds_, [&](const World& world) { return presence_in(world, id) == presence; });
}

std::string Model::learn(MessageId id, const std::string& uid, std::uint64_t sequence) {
  MessageFacts& facts = messages[id];
  const auto [at, is_new] = uids.emplace(uid, id);
  if (at->second != id)
    return "unique id " + uid + " of message " + std::to_string(at->second) +
           " was used again for message " + std::to_string(id);
  if (!facts.uid.empty() && facts.uid != uid)
    return "message " + std::to_string(id) + " had the unique id " + facts.uid + ", now " + uid;
  if (facts.sequence != 0 && facts.sequence != sequence)
    return "message " + std::to_string(id) + " changed its sequence number";
  facts.uid = uid;
  facts.sequence = sequence;
  return {};
}

}  // namespace restante::sim
