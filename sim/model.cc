#include "sim/model.h"

#include <algorithm>

#include "base/limits.h"
#include "maildrop/store.h"

namespace restante::sim {

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
  views_loose = views_loose ||
                std::ranges::any_of(worlds_, [](const World& world) { return !world.is_alone(); });
  worlds_.erase(std::next(worlds_.begin()), worlds_.end());
}

void Model::acknowledge(const Change& change) {
  std::set<World> after;
  // A role that the view has already, and a copy's view that is there, write and sync nothing.
  const bool may_be_there =
      change.kind == Change::Kind::kRole || change.kind == Change::Kind::kMake;
  bool was_written = true;
  for (const World& world : worlds_) {
    World next = with(world, change);
    was_written = was_written && (!may_be_there || next != world);
    after.insert(std::move(next));
  }
  worlds_ = std::move(after);
  // What one view has deleted says nothing of what others have; the trash is beside all of them.
  const bool is_of_one = !change.is_of_views() && change.view != View::kTrash;
  const bool says_all = change.kind == Change::Kind::kDeliver || change.everywhere ||
                        (is_of_one && std::ranges::all_of(worlds_, &World::is_alone));
  if (says_all)
    for (const MessageId id : change.ids) messages[id].loose = false;
  if (was_written) unsettled_.clear();
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
  views_loose = views_loose || change.is_of_views();
  if (change.is_of_views()) return;
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

/// What is gone is seen by no view.
bool Model::fits(const World& world, const Observation& seen) const {
  if (!world.views.contains(seen.view)) return false;
  for (MessageId id = 0; id < messages.size(); ++id) {
    const MessageFacts& facts = messages[id];
    if (facts.hit || facts.loose) continue;
    const Presence presence = presence_in(world, id, seen.view);
    const bool is_shown = seen.here.contains(id);
    const bool is_listed = is_shown || seen.deleted.contains(id);
    if (is_shown && presence != Presence::kHere) return false;
    if (!seen.shows_deleted && presence != Presence::kHere) continue;
    if (is_listed && (presence == Presence::kNever || (presence == Presence::kHere && !is_shown)))
      return false;
    if (!is_listed && presence != Presence::kNever && !world.gone.contains(id)) return false;
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

template <typename Edit>
void Model::change_all(Edit edit) {
  std::set<World> after;
  for (World world : worlds_) {
    edit(world);
    after.insert(std::move(world));
  }
  worlds_ = std::move(after);
}

bool Model::observe(const Observation& seen) {
  if (!keep([&](const World& world) { return fits(world, seen); })) return false;
  // Messages of which nothing was known are known now to have come.
  const auto came = [](World& world, MessageId id, Presence presence) {
    world.gone.erase(id);
    for (auto& [view, state] : world.views) {
      if (state.messages.size() <= id) state.messages.resize(id + 1, Presence::kNever);
      if (state.messages[id] == Presence::kNever) state.messages[id] = presence;
    }
  };
  change_all([&](World& world) {
    for (const MessageId id : seen.here) came(world, id, Presence::kHere);
    for (const MessageId id : seen.deleted) came(world, id, Presence::kDeleted);
  });
  return true;
}

bool Model::observe_restored(const std::set<MessageId>& restored,
                             const std::vector<MessageId>& wanted, View view) {
  const bool is_possible = keep([&](const World& world) {
    return std::ranges::all_of(wanted, [&](MessageId id) {
      const MessageFacts& facts = messages[id];
      const bool deleted = presence_in(world, id, view) == Presence::kDeleted;
      return facts.hit || facts.loose || deleted == restored.contains(id) ||
             (deleted && world.gone.contains(id));
    });
  });
  change_all([&](World& world) {
    for (const MessageId id : restored) world.gone.erase(id);
  });
  return is_possible;
}

bool Model::observe_trash(const std::set<MessageId>& shown, WallTime since) {
  const bool is_possible = keep([&](const World& world) {
    for (MessageId id = 0; id < messages.size(); ++id) {
      if (messages[id].hit || messages[id].loose) continue;
      bool must = false;
      bool may = false;
      for (const auto& [view, state] : world.views) {
        if (state.of_copy || presence_in(world, id, view) != Presence::kDeleted) continue;
        const Span when = messages[id].deleted_from(view);
        must = must || when.low > since;
        may = may || when.high > since;
      }
      const bool is_hidden = world.hidden.contains(id);
      if (shown.contains(id) && (!may || is_hidden)) return false;
      if (!shown.contains(id) && must && !is_hidden && !world.gone.contains(id)) return false;
    }
    return true;
  });
  change_all([&](World& world) {
    for (const MessageId id : shown) world.gone.erase(id);
  });
  return is_possible;
}

bool Model::observe_worlds(const std::function<bool(const World&)>& fits) { return keep(fits); }

// What is said of views.

/// A message goes when some view has deleted it, no view that holds sees it, and the last deletion
/// is long enough ago; or when it was hidden in the trash, if that counts.
void Model::reclaim(const Reclaiming& rule) {
  change_all([&](World& world) {
    const Holding who = holding(world, rule.now, rule.expire);
    const bool is_unknown = views_loose || (who.surely.empty() && !who.perhaps.empty());
    for (MessageId id = 0; id < messages.size(); ++id) {
      std::optional<WallTime> last;
      bool is_held = false;
      for (const auto& [view, state] : world.views) {
        const Presence presence = presence_in(world, id, view);
        is_held = is_held || (presence == Presence::kHere && who.surely.contains(view));
        if (presence != Presence::kDeleted) continue;
        const WallTime when = messages[id].deleted_from(view).low;
        last = std::max(last.value_or(when), when);
      }
      if (messages[id].loose) last = WallTime{};
      const bool is_purged = rule.trash_purges && world.hidden.contains(id);
      if (last && (!is_held || is_unknown || messages[id].loose) &&
          (is_purged || views_loose || *last + rule.window <= rule.now))
        world.gone.insert(id);
    }
  });
}

/// It is recorded once a day.
void Model::use(View view, WallTime now, bool is_recorded) {
  if (std::ranges::all_of(worlds_, &World::is_alone)) return;
  change_all([&](World& world) {
    const auto at = world.views.find(view);
    if (world.is_alone() || at == world.views.end() || at->second.of_copy) return;
    ViewState& state = at->second;
    const Span used = world.used(view);
    const bool must = state.released == Truth::kYes || used.high + limits::kViewUsePrecision <= now;
    const bool may = state.released != Truth::kNo || used.low + limits::kViewUsePrecision <= now;
    if (!may) return;
    if (must && is_recorded) {
      state.used = {now, now};
    } else {
      // Of the default view it may be what is said of the others that counts, not its own record.
      const bool is_own = is_recorded && view != View::kDefault;
      const WallTime day_ago = now - limits::kViewUsePrecision;
      const WallTime low = is_own ? std::max(state.used.low, day_ago) : state.used.low;
      state.used = {std::min(low, now), std::max(used.high, now)};
    }
    state.released = is_recorded || state.released == Truth::kNo ? Truth::kNo : Truth::kMaybe;
  });
}

void Model::perhaps_release(WallTime now) {
  change_all([&](World& world) {
    for (auto& [view, state] : world.views) {
      if (state.released != Truth::kNo || !may_be_released(world, view, now)) continue;
      state.released = Truth::kMaybe;
      state.used.high = world.used(view).high;
    }
  });
}

bool Model::is_unsure() const {
  return std::ranges::any_of(messages, [](const MessageFacts& m) { return m.hit || m.loose; });
}

/// What may be gone need not count, nor what only views have that perhaps hold nothing.
bool Model::usage_fits(const World& world, std::uint64_t count, std::uint64_t octets,
                       const Holding& who) const {
  maildrop::Usage least;
  maildrop::Usage most;
  for (MessageId id = 0; id < messages.size(); ++id) {
    const auto has = [&](const std::set<View>& views) {
      return std::ranges::any_of(
          views, [&](View view) { return presence_in(world, id, view) == Presence::kHere; });
    };
    if (!has(who.perhaps)) continue;
    ++most.messages;
    most.octets += messages[id].wire.size();
    if (!has(who.surely) || world.gone.contains(id)) continue;
    ++least.messages;
    least.octets += messages[id].wire.size();
  }
  return least.messages <= count && count <= most.messages && least.octets <= octets &&
         octets <= most.octets;
}

bool Model::observe_usage(std::uint64_t count, std::uint64_t octets, WallTime now,
                          std::optional<std::chrono::seconds> expire) {
  return is_unsure() || views_loose || keep([&](const World& world) {
           return usage_fits(world, count, octets, holding(world, now, expire));
         });
}

bool Model::may_be(MessageId id, Presence presence, View view) const {
  return std::ranges::any_of(
      worlds_, [&](const World& world) { return presence_in(world, id, view) == presence; });
}

bool Model::must_be(MessageId id, Presence presence, View view) const {
  return std::ranges::all_of(
      worlds_, [&](const World& world) { return presence_in(world, id, view) == presence; });
}

bool Model::may_wait(MessageId id) const {
  return std::ranges::any_of(worlds_, [&](const World& world) {
    return std::ranges::any_of(world.views, [&](const auto& one) {
      return presence_in(world, id, one.first) == Presence::kHere;
    });
  });
}

bool Model::may_be_seen(MessageId id) const {
  return std::ranges::any_of(worlds_, [&](const World& world) { return world.is_seen(id); });
}

bool Model::must_be_seen(MessageId id) const {
  return std::ranges::all_of(
      worlds_, [&](const World& world) { return world.is_seen(id) && !world.gone.contains(id); });
}

bool Model::may_be_gone(MessageId id) const {
  return std::ranges::any_of(worlds_, [&](const World& world) { return world.gone.contains(id); });
}

bool Model::may_live(View view) const {
  return std::ranges::any_of(worlds_,
                             [&](const World& world) { return world.views.contains(view); });
}

bool Model::must_live(View view) const {
  return std::ranges::all_of(worlds_,
                             [&](const World& world) { return world.views.contains(view); });
}

std::vector<View> Model::sure_views() const {
  std::vector<View> views;
  for (const auto& [view, state] : worlds_.begin()->views)
    if (view == View::kDefault || (!views_loose && must_live(view))) views.push_back(view);
  return views;
}

bool Model::may_be_of_copy(View view) const {
  return std::ranges::any_of(worlds_, [&](const World& world) { return world.is_of_copy(view); });
}

bool Model::may_be_main(View view) const {
  return views_loose || std::ranges::any_of(worlds_, [&](const World& world) {
           const auto at = world.views.find(view);
           return at != world.views.end() && at->second.role == ViewRole::kMain;
         });
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
