// The views of the simulated maildrops: made, ended, given roles, listed; and the trash.
#include <algorithm>

#include "sim/describe.h"
#include "sim/simulation.h"

namespace restante::sim {
namespace {

using Kind = Change::Kind;

constexpr std::size_t kViewsMax = 4;

template <typename T>
const Error* error_of(const Result<T>& result) {
  return result ? nullptr : &result.error();
}

std::string number(View view) { return std::to_string(static_cast<std::uint32_t>(view)); }

bool agrees(Truth truth, bool is_so) {
  return truth == Truth::kMaybe || (truth == Truth::kYes) == is_so;
}

}  // namespace

/// Instead of the step that was drawn, at times, in a run that has views.
void Simulation::act_on_views() {
  Office& office = any_office();
  Account& account = any_account();
  // A process that gave its log up knows old views only.
  if (is_poisoned(office, account)) return;
  switch (view_rng_.below(10)) {
    case 0:
    case 1:
    case 2: return make_view(office, account);
    case 3: return end_view(office, account);
    case 4:
    case 5: return set_role(office, account);
    case 6:
    case 7: return look_at_views(office, account);
    default: (void)open_session(office, account, View::kTrash); return;
  }
}

/// One that every world has; as a rule the default one. In a run without views that one alone.
View Simulation::choose_view(const Office& office, const Account& account) {
  if (!mix_.views || is_poisoned(office, account)) return View::kDefault;
  const std::vector<View> views = account.model.sure_views();
  return views[view_rng_.below(views.size())];
}

maildrop::NewView Simulation::draw_view() {
  using From = maildrop::ViewStart::From;
  constexpr std::array<std::string_view, 6> kNames = {"phone", "tablet", "desk", "car", "a", "b.c"};
  maildrop::NewView view;
  view.name = kNames[view_rng_.below(kNames.size())];
  view.role = static_cast<ViewRole>(view_rng_.one_in(3) ? view_rng_.below(3) : 0);
  view.start.from = static_cast<From>(view_rng_.below(4));
  view.start.since = clock_.now() - std::chrono::hours(view_rng_.below(200));
  view.views_max = kViewsMax;
  view.of_device = view_rng_.one_in(4);
  if (!mix_.copies || !view_rng_.one_in(3)) return view;
  view.of_device = false;
  view.of_copy = true;
  if (!view_rng_.one_in(6)) view.name = view_rng_.one_in(3) ? "copy-2" : "copy";
  return view;
}

/// Compares the answer of a step about views with what the worlds expect. `made`: its number.
void Simulation::settle_view_step(Office& office, Account& account, const Attempt& before,
                                  const Change& change, const Result<View>& made) {
  Model& model = account.model;
  std::vector<Errc> expected;
  for (const World& world : model.worlds())
    if (const auto code = refusal_of(world, change)) expected.push_back(*code);
  if (model.views_loose) expected = {Errc::kExists, Errc::kLimit, Errc::kNotFound, Errc::kState};
  const Verdict verdict = judge(office, account, before, error_of(made), expected);
  say((change.kind == Kind::kMake  ? "view " + change.made.name + " made"
       : change.kind == Kind::kEnd ? "view " + number(change.view) + " ended"
                                   : "role of view " + number(change.view)) +
      " for " + account.name.substr(0, 20) + ", " + std::string(to_string(change.made.role)) +
      ", from " + std::to_string(static_cast<int>(change.made.start.from)) + ": " +
      (made ? number(*made) : made.error().message()));
  const bool is_told = made || std::ranges::find(expected, made.error().code) != expected.end();
  if (!model.views_loose && is_told &&
      (verdict == Verdict::kDone || verdict == Verdict::kRefused)) {
    const bool is_possible = model.observe_worlds([&](const World& world) {
      const auto code = refusal_of(world, change);
      if (!made || code) return !made && code == made.error().code;
      return change.kind != Kind::kMake || number_of(world, change) == *made;
    });
    if (!is_possible)
      throw Violation{"a step about views was answered with " +
                      (made ? number(*made) : made.error().message()) + ";\nexpected of " +
                      describe(model)};
  }
  apply(account, verdict, change);
}

void Simulation::make_view(Office& office, Account& account) {
  coverage_.count(Section::kOperation, "make view");
  Change change{Kind::kMake, {}};
  change.made = draw_view();
  change.when = clock_.now();
  for (MessageId id = 0; id < account.model.messages.size(); ++id)
    if (account.model.messages[id].arrived >= change.made.start.since) change.ids.push_back(id);
  const Attempt before = attempt(office, "view");
  const auto made = office.store->make_view(account.name, change.made);
  settle_view_step(office, account, before, change, made);
}

void Simulation::end_view(Office& office, Account& account) {
  const View view = choose_view(office, account);
  if (view == View::kDefault) return;
  coverage_.count(Section::kOperation, "end view");
  Change change{Kind::kEnd, {}};
  change.view = view;
  const Attempt before = attempt(office, "view");
  const Status ended = office.store->end_view(account.name, view);
  settle_view_step(office, account, before, change,
                   ended ? Result<View>(view) : Result<View>(ended.error()));
}

void Simulation::set_role(Office& office, Account& account) {
  coverage_.count(Section::kOperation, "set role");
  Change change{Kind::kRole, {}};
  change.view = choose_view(office, account);
  change.made.role = static_cast<ViewRole>(view_rng_.below(3));
  const Attempt before = attempt(office, "view");
  const Status done = office.store->set_role(account.name, change.view, change.made.role);
  settle_view_step(office, account, before, change,
                   done ? Result<View>(change.view) : Result<View>(done.error()));
}

/// The list of the views, compared with all that is known of them.
void Simulation::look_at_views(Office& office, Account& account) {
  coverage_.count(Section::kOperation, "views");
  const Attempt before = attempt(office, "views");
  const auto views = office.store->views(account.name);
  (void)judge(office, account, before, error_of(views), {});
  if (!views || office.process->dead || is_poisoned(office, account)) return;
  std::string listing;
  for (const maildrop::ViewInfo& info : *views)
    listing += " " + number(info.view) + ":" + info.name + ":" + std::string(to_string(info.role)) +
               (info.of_copy ? ":copy" : "") + (info.holds ? ":holds" : "") +
               (info.is_released ? ":released" : "") + ":" + std::to_string(info.waiting.messages) +
               (info.used ? ":" + to_rfc3339(*info.used) : "");
  say("views of " + account.name.substr(0, 20) + listing);
  if (account.model.views_loose) return;
  const bool is_possible = account.model.observe_worlds(
      [&](const World& world) { return is_listed(account, world, *views); });
  if (!is_possible)
    throw Violation{"the views of " + account.name.substr(0, 20) + " are" + listing +
                    ";\nexpected " + describe(account.model)};
}

bool Simulation::is_listed(const Account& account, const World& world,
                           const std::vector<maildrop::ViewInfo>& views) const {
  const Holding who = holding(world, clock_.now(), mix_.view_expires);
  const bool is_unsure = account.model.is_unsure();
  if (views.size() != world.views.size()) return false;
  return std::ranges::all_of(views, [&](const maildrop::ViewInfo& info) {
    const auto at = world.views.find(info.view);
    if (at == world.views.end()) return false;
    const ViewState& state = at->second;
    const bool is_default = info.view == View::kDefault;
    const bool is_alone = world.is_alone();
    const Span used = world.used(info.view);
    if (info.role != state.role || info.name != (is_default ? "default" : state.name)) return false;
    if (info.of_device != state.of_device || info.of_copy != state.of_copy ||
        !agrees(state.released, info.is_released))
      return false;
    if (state.of_copy && info.used) return false;
    if (!is_alone && !state.of_copy &&
        (!info.used || *info.used < used.low || *info.used > used.high))
      return false;
    // Where no view holds, none says so, though all of it stays.
    const bool holds_none = std::ranges::none_of(world.views, [](const auto& one) {
      return one.second.of_copy || one.second.role != ViewRole::kReader;
    });
    const bool must = who.surely.contains(info.view) && (is_alone || !holds_none);
    const bool may = who.perhaps.contains(info.view) && (is_alone || !holds_none);
    if ((must && !info.holds) || (!may && info.holds)) return false;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    for (MessageId id = 0; id < state.messages.size(); ++id) {
      if (state.messages[id] != Presence::kHere) continue;
      ++most;
      least += world.gone.contains(id) ? 0 : 1;
    }
    return is_unsure || (least <= info.waiting.messages && info.waiting.messages <= most);
  });
}

/// What the trash shows, compared with what was deleted within the window.
void Simulation::check_trash(const Account& account, Model& model,
                             const std::set<MessageId>& shown) const {
  coverage_.count(Section::kOperation, "trash");
  // A deletion whose record is lost has another time, or is none.
  if (account.damaged || model.views_loose) return;
  if (!model.observe_trash(shown, clock_.now() - mix_.undelete_window)) {
    std::string listing;
    for (const MessageId id : shown) listing += " " + std::to_string(id);
    throw Violation{"the trash shows" + listing + ";\nexpected of " + describe(model)};
  }
}

/// Names of views that a quota released, as a receipt says; or nothing is known, but perhaps some.
void Simulation::note_released(Account& account, bool is_known,
                               const std::vector<std::string>& names) {
  if (!mix_.views) return;
  Model& model = account.model;
  if (!is_known) return model.perhaps_release(clock_.now());
  if (names.empty()) return;
  coverage_.count(Section::kOperation, "released");
  const bool is_possible = model.views_loose || model.observe_worlds([&](const World& world) {
    return std::ranges::all_of(names, [&](const std::string& name) {
      const View view =
          name == "default" ? View::kDefault : world.find(name).value_or(View::kTrash);
      return may_be_released(world, view, clock_.now());
    });
  });
  if (!is_possible)
    throw Violation{"a quota released the view " + names[0] + ";\nexpected of " + describe(model)};
  Change change{Kind::kRelease, {}};
  change.released = names;
  model.acknowledge(change);
}

}  // namespace restante::sim
