#include "sim/world.h"

#include <algorithm>

#include "base/limits.h"

namespace restante::sim {

using Kind = Change::Kind;

Presence presence_in(const World& world, MessageId id, View view) {
  const auto at = world.views.find(view);
  if (at == world.views.end() || id >= at->second.messages.size()) return Presence::kNever;
  return at->second.messages[id];
}

std::optional<View> World::find(const std::string& name) const {
  for (const auto& [view, state] : views)
    if (view != View::kDefault && state.name == name) return view;
  return std::nullopt;
}

Span World::used(View view) const {
  Span span = views.at(view).used;
  if (view != View::kDefault || is_alone()) return span;
  WallTime first = WallTime::max();
  for (const auto& [other, state] : views)
    if (other != View::kDefault) first = std::min(first, state.made);
  return {std::max(span.low, first), std::max(span.high, first)};
}

bool World::is_seen(MessageId id) const {
  return std::ranges::any_of(views, [&](const auto& one) {
    return !one.second.of_copy && presence_in(*this, id, one.first) == Presence::kHere;
  });
}

bool World::is_of_copy(View view) const {
  const auto at = views.find(view);
  return at != views.end() && at->second.of_copy;
}

bool World::others_decide(View view) const {
  const auto at = views.find(view);
  if (is_alone() || at == views.end()) return false;
  return at->second.role == ViewRole::kReader || std::ranges::any_of(views, [&](const auto& one) {
           return one.second.of_copy || (one.first != view && one.second.role == ViewRole::kMain);
         });
}

// Holding.

namespace {

/// A copy's view is no reader's, and holds all the same.
bool holds_by_role(const ViewState& state) {
  return state.role != ViewRole::kReader && !state.of_copy;
}

/// Of the views that can hold, it was used last; of several at one moment, the highest number.
bool is_last(const World& world, View view, bool surely) {
  const Span own = world.used(view);
  return std::ranges::all_of(world.views, [&](const auto& one) {
    if (one.first == view || !holds_by_role(one.second)) return true;
    const Span other = world.used(one.first);
    const WallTime mine = surely ? own.low : own.high;
    const WallTime theirs = surely ? other.high : other.low;
    return mine > theirs || (mine == theirs && view > one.first);
  });
}

}  // namespace

Holding holding(const World& world, WallTime now, std::optional<std::chrono::seconds> expire) {
  if (world.is_alone()) return {{View::kDefault}, {View::kDefault}};
  Holding out;
  for (const auto& [view, state] : world.views) {
    if (!holds_by_role(state)) continue;
    const Span used = world.used(view);
    const bool is_recent = !expire || now - used.low <= *expire;
    const bool may_be_recent = !expire || now - used.high <= *expire;
    if (is_last(world, view, true) || (state.released == Truth::kNo && is_recent))
      out.surely.insert(view);
    if (is_last(world, view, false) || (state.released != Truth::kYes && may_be_recent))
      out.perhaps.insert(view);
  }
  // Where no view holds, all count: then only retention takes what no view has deleted.
  if (out.perhaps.empty())
    for (const auto& [view, state] : world.views) {
      out.surely.insert(view);
      out.perhaps.insert(view);
    }
  for (const auto& [view, state] : world.views) {
    if (!state.of_copy) continue;
    out.surely.insert(view);
    out.perhaps.insert(view);
  }
  return out;
}

bool may_be_released(const World& world, View view, WallTime now) {
  const auto at = world.views.find(view);
  return at != world.views.end() && !world.is_alone() && holds_by_role(at->second) &&
         now - world.used(view).low > limits::kViewUnusedBeforeQuota && !is_last(world, view, true);
}

// Changes.

namespace {

void set(ViewState& state, MessageId id, Presence presence) {
  if (state.messages.size() <= id) state.messages.resize(id + 1, Presence::kNever);
  state.messages[id] = presence;
}

void replace(ViewState& state, MessageId id, Presence from, Presence to) {
  if (id < state.messages.size() && state.messages[id] == from) state.messages[id] = to;
}

void remove(World& world, const Change& change) {
  const auto at = world.views.find(change.view);
  const bool by_main =
      at != world.views.end() && !world.is_alone() && at->second.role == ViewRole::kMain;
  for (const MessageId id : change.ids) {
    if (change.view == View::kTrash && presence_in(world, id) != Presence::kNever)
      world.hidden.insert(id);
    const bool is_for_all = change.everywhere || by_main || change.for_all.contains(id);
    for (auto& [view, state] : world.views)
      if (view == change.view || (is_for_all && !state.of_copy))
        replace(state, id, Presence::kHere, Presence::kDeleted);
  }
}

/// What a new view has of a message that is there before it.
Presence at_start(const World& world, const Change& change, MessageId id) {
  using From = maildrop::ViewStart::From;
  const Presence of_default = presence_in(world, id);
  if (of_default == Presence::kNever) return Presence::kNever;
  const bool is_asked = std::ranges::find(change.ids, id) != change.ids.end();
  const From from = change.made.start.from;
  const bool sees = (from == From::kWaiting && of_default == Presence::kHere) ||
                    (from == From::kAll && world.is_seen(id)) ||
                    (from == From::kSince && world.is_seen(id) && is_asked);
  return sees ? Presence::kHere : Presence::kUnseen;
}

void make(World& world, const Change& change) {
  const View number = number_of(world, change);
  if (world.is_of_copy(number)) return;
  if (world.views.contains(number)) {
    world.views[number].of_device = true;
    world.views[number].role = change.made.role;
    return;
  }
  const WallTime now = change.when;
  ViewState state;
  state.name = change.made.name;
  state.role = change.made.of_copy ? ViewRole::kEach : change.made.role;
  state.of_device = change.made.of_device;
  state.of_copy = change.made.of_copy;
  state.made = now;
  state.used = {now, now};
  const std::size_t count = world.views[View::kDefault].messages.size();
  for (MessageId id = 0; id < count; ++id) set(state, id, at_start(world, change, id));
  world.views[number] = std::move(state);
  world.last_number = static_cast<std::uint32_t>(number);
}

void release(World& world, const std::vector<std::string>& names) {
  for (auto& [view, state] : world.views) {
    const std::string name = view == View::kDefault ? "default" : state.name;
    if (std::ranges::find(names, name) == names.end()) continue;
    state.used = world.used(view);
    state.released = Truth::kYes;
  }
}

}  // namespace

std::optional<Errc> refusal_of(const World& world, const Change& change) {
  if (change.kind == Kind::kMake) {
    if (const auto there = world.find(change.made.name)) {
      const ViewState& state = world.views.at(*there);
      const bool is_free = change.made.of_copy
                               ? state.of_copy
                               : change.made.of_device && !state.of_device && !state.of_copy;
      return is_free ? std::nullopt : std::optional(Errc::kExists);
    }
    const auto readers =
        std::ranges::count_if(world.views, [](const auto& one) { return !one.second.of_copy; });
    if (!change.made.of_copy && static_cast<std::size_t>(readers) > change.made.views_max)
      return Errc::kLimit;
  }
  if (change.kind == Kind::kEnd || change.kind == Kind::kRole)
    if (!world.views.contains(change.view)) return Errc::kNotFound;
  if (change.kind == Kind::kRole && world.is_of_copy(change.view)) return Errc::kState;
  return std::nullopt;
}

View number_of(const World& world, const Change& change) {
  return world.find(change.made.name).value_or(View{world.last_number + 1});
}

World with(World world, const Change& change) {
  if (refusal_of(world, change)) return world;
  switch (change.kind) {
    case Kind::kDeliver:
      for (auto& [view, state] : world.views)
        for (const MessageId id : change.ids) set(state, id, Presence::kHere);
      break;
    case Kind::kDelete: remove(world, change); break;
    case Kind::kRestore: {
      const auto at = world.views.find(change.view);
      if (at == world.views.end()) break;
      for (const MessageId id : change.ids) {
        if (presence_in(world, id, change.view) != Presence::kDeleted) continue;
        replace(at->second, id, Presence::kDeleted, Presence::kHere);
        world.hidden.erase(id);
      }
      break;
    }
    case Kind::kMake: make(world, change); break;
    case Kind::kEnd: world.views.erase(change.view); break;
    case Kind::kRole: {
      ViewState& state = world.views[change.view];
      if (state.role != change.made.role) state.used = world.used(change.view);
      state.role = change.made.role;
      break;
    }
    case Kind::kRelease: release(world, change.released); break;
  }
  return world;
}

}  // namespace restante::sim
