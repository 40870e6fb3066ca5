// What happens to the simulated maildrops beside their clients: quotas are asked for, deletions
// taken back, old mail deleted, space reclaimed, damage repaired.
#include <algorithm>

#include "maildrop/log/file/log_file.h"
#include "sim/describe.h"
#include "sim/records.h"
#include "sim/simulation.h"

namespace restante::sim {
namespace {

template <typename T>
const Error* error_of(const Result<T>& result) {
  return result ? nullptr : &result.error();
}

template <typename T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : result.error().message();
}

}  // namespace

void Simulation::usage() {
  Office& office = any_office();
  Account& account = any_account();
  const Attempt before = attempt(office, "usage");
  if (rng_.one_in(3)) {
    const auto names = office.store->accounts();
    (void)judge(office, account, before, error_of(names), {});
    if (!names || is_excused(office, account, before)) return;
    for (const Account& one : accounts_) {
      const bool listed = std::ranges::find(*names, one.name) != names->end();
      const bool has_mail = std::ranges::any_of(one.model.messages, [](const MessageFacts& m) {
        return !m.uid.empty() && !m.hit && !m.loose;
      });
      if (has_mail && !listed && !one.header_lost)
        throw Violation{"the maildrop of " + one.name + " is not among the accounts"};
    }
    return;
  }
  const auto now = office.store->usage(account.name);
  (void)judge(office, account, before, error_of(now), {});
  say("usage: " + outcome(now) + (now ? ", " + std::to_string(now->messages) : ""));
  if (!now || office.process->dead || is_poisoned(office, account)) return;
  if (!account.model.observe_usage(now->messages, now->octets, clock_.now(), mix_.view_expires))
    throw Violation{"usage of " + account.name.substr(0, 20) + " is " +
                    std::to_string(now->messages) + ", " + std::to_string(now->octets) +
                    " octets; expected " + describe(account.model)};
}

/// Before they are deleted: since when their bytes may be given up. `everywhere`: perhaps from all
/// views.
void Simulation::note_deletion(Account& account, const std::vector<MessageId>& ids, View view,
                               bool everywhere) {
  const WallTime now = clock_.now();
  std::set<View> views = {view};
  if (everywhere)
    for (const World& world : account.model.worlds())
      for (const auto& [other, state] : world.views) views.insert(other);
  for (const MessageId id : ids)
    for (const View from : views) {
      MessageFacts& facts = account.model.messages[id];
      // An earlier one may yet come in force, by a power loss, and counts from its own time.
      const bool is_first =
          account.model.must_be(id, Presence::kHere, from) && !facts.loose &&
          std::ranges::none_of(account.model.unsettled(), [&](const Change& earlier) {
            return earlier.kind == Change::Kind::kDelete &&
                   std::ranges::find(earlier.ids, id) != earlier.ids.end();
          });
      const Span before = facts.deleted_from(from);
      facts.deleted[from] =
          is_first ? Span{now, now} : Span{std::min(before.low, now), std::max(before.high, now)};
    }
}

/// The unique id of an unheard delivery is not known; it may be one of several, which is noted.
std::optional<MessageId> Simulation::message_of(Model& model, const std::string& uid, View view) {
  const auto at = model.uids.find(uid);
  if (at != model.uids.end()) return at->second;
  bool found = false;
  for (MessageId id = 0; id < model.messages.size(); ++id) {
    MessageFacts& facts = model.messages[id];
    if (!facts.uid.empty() || (!model.may_be(id, Presence::kDeleted, view) && !facts.loose))
      continue;
    found = facts.loose = true;
  }
  if (!found) throw Violation{"undelete: an unknown unique id " + uid};
  return std::nullopt;
}

void Simulation::undelete() {
  Office& office = any_office();
  Account& account = any_account();
  Model& model = account.model;
  // What damage took from a view it never saw passes for deleted.
  const View view = account.damaged ? View::kDefault : choose_view(office, account);
  maildrop::UndeleteRequest request;
  if (rng_.one_in(2)) request.since = clock_.now() - std::chrono::hours(rng_.below(300));
  if (rng_.one_in(2))
    for (const auto& [uid, id] : model.uids)
      if (rng_.one_in(2)) request.uids.push_back(uid);
  std::vector<MessageId> wanted;
  for (MessageId id = 0; id < model.messages.size(); ++id) {
    MessageFacts& facts = model.messages[id];
    if (!request.uids.empty() && std::ranges::find(request.uids, facts.uid) == request.uids.end())
      continue;
    if (!model.may_be(id, Presence::kDeleted, view) && !facts.loose && !facts.hit) continue;
    const Span when = facts.deleted_from(view);
    if (request.since && when.high < *request.since) continue;
    // Deleted twice, before and after that moment: which one counts is not for the model to say.
    if (request.since && when.low < *request.since) facts.loose = true;
    wanted.push_back(id);
  }
  const Attempt before = attempt(office, "undelete");
  const auto restored = office.store->undelete(account.name, view, request);
  const Verdict verdict = judge(office, account, before, error_of(restored), {});
  std::string listing;
  Change change{Change::Kind::kRestore, {}};
  change.view = view;
  if (restored)
    for (const std::string& uid : *restored) {
      const auto id = message_of(model, uid, view);
      listing += id ? " " + std::to_string(*id) : " " + uid;
      if (id) change.ids.push_back(*id);
    }
  say("undelete for " + account.name.substr(0, 20) +
      (request.since ? " since " + to_rfc3339(*request.since) : "") +
      (request.uids.empty() ? "" : " by unique ids") + ":" + listing + " " + outcome(restored));
  if (verdict != Verdict::kDone) {
    change.ids = wanted;
    for (const MessageId id : wanted)
      if (model.may_be_gone(id) && verdict != Verdict::kRefused) model.messages[id].loose = true;
    return apply(account, verdict, change);
  }
  if (is_poisoned(office, account) && change.ids.empty()) return;
  for (const MessageId id : change.ids)
    if (std::ranges::find(wanted, id) == wanted.end())
      throw Violation{"undelete: message " + std::to_string(id) + " was not asked for"};
  if (!model.observe_restored({change.ids.begin(), change.ids.end()}, wanted, view))
    throw Violation{"undelete brings back" + listing + ";\nexpected of " + describe(model)};
  if (!change.ids.empty()) apply(account, verdict, change);
}

std::vector<MessageId> Simulation::expired(const Account& account,
                                           const maildrop::Retention& retention) {
  std::vector<MessageId> ids;
  if (!retention.days) return ids;
  for (MessageId id = 0; id < account.model.messages.size(); ++id) {
    const MessageFacts& facts = account.model.messages[id];
    if (!account.model.may_be_seen(id) && !facts.loose) continue;
    const bool by_arrival = retention.from == maildrop::Retention::From::kArrival;
    std::optional<WallTime> from;
    if (by_arrival) from = facts.arrived;
    for (const auto& [view, when] : facts.retrieved) {
      const bool counts = view == View::kDefault ||
                          (account.model.must_live(view) && account.model.may_be_main(view));
      if (!by_arrival && counts) from = std::min(from.value_or(when), when);
    }
    if (from && *from + *retention.days <= clock_.now()) ids.push_back(id);
  }
  return ids;
}

/// While upkeep runs: others deliver and read, unless it keeps them waiting at this moment.
void Simulation::act_meanwhile(const Account& account) {
  if (machine_.stopped() || !rng_.one_in(3) ||
      machine_.is_locked(account.paths.log, maildrop::log::kAppendLockAt))
    return;
  acted_meanwhile_ = true;
  coverage_.count(Section::kOperation, "meanwhile");
  say("meanwhile:");
  if (mix_.views && view_rng_.one_in(4)) {
    if (view_rng_.one_in(3)) {
      undeleted_meanwhile_ = true;
      undelete();
    } else {
      act_on_views();
    }
    return machine_.set_activity("upkeep");
  }
  switch (rng_.below(5)) {
    case 0: open(); break;
    case 1: read(); break;
    case 2: quit(); break;
    default: deliver(); break;
  }
  machine_.set_activity("upkeep");
}

void Simulation::upkeep() {
  Office& office = any_office();
  Account& account = any_account();
  maildrop::UpkeepPolicy policy;
  policy.undelete_window = mix_.undelete_window;
  if (rng_.one_in(3)) {
    policy.retention.days = std::chrono::days(rng_.between(1, 20));
    // Whose retrievals count, the worlds may differ in.
    const bool is_known = account.model.worlds().size() == 1 && !account.model.views_loose;
    if (!account.retrieval_unsure && rng_.one_in(2) && (is_known || !mix_.views))
      policy.retention.from = maildrop::Retention::From::kRetrieval;
  }
  policy.trash_purges = mix_.views && view_rng_.one_in(3);
  // A session keeps what it sees.
  const bool has_session = is_open_anywhere(account);
  Change change{Change::Kind::kDelete, {}};
  change.everywhere = true;
  if (!has_session) change.ids = expired(account, policy.retention);
  const bool is_sure =
      !account.model.is_unsure() && !account.model.views_loose &&
      std::ranges::all_of(change.ids, [&](MessageId id) { return account.model.must_be_seen(id); });
  note_deletion(account, change.ids, View::kDefault, true);
  const Reclaiming rule{clock_.now(), policy.undelete_window, mix_.view_expires,
                        policy.trash_purges};
  account.model.reclaim(rule);
  date_lost_deletions(account);
  Model unchanged = account.model;
  if (!change.ids.empty()) {
    account.model.leave_open(change);
    account.model.reclaim(rule);
  }
  const bool stops = rng_.one_in(10);
  acted_meanwhile_ = undeleted_meanwhile_ = false;
  const Attempt before = attempt(office, "upkeep");
  const auto report = office.store->upkeep(account.name, policy, [&](std::uint64_t) {
    act_meanwhile(account);
    return !(stops && rng_.one_in(3));
  });
  // What a session was shown meanwhile may be gone all the same, now that it has ended.
  if (acted_meanwhile_) account.model.reclaim(rule);
  std::vector<Errc> allowed{Errc::kBusy};  // Another office's upkeep is at it.
  if (stops) allowed.push_back(Errc::kClosed);
  const Verdict verdict = judge(office, account, before, error_of(report), allowed);
  if (verdict != Verdict::kDone || report->reclaimed_bytes > 0) account.to_be_kept.clear();
  say("upkeep of " + account.name.substr(0, 20) + ": " + outcome(report) +
      (report ? ", expired " + std::to_string(report->expired) + ", reclaimed " +
                    std::to_string(report->reclaimed_bytes)
              : ""));
  if (verdict == Verdict::kUnsteady) account.model.loosen(change);
  if (verdict != Verdict::kDone || is_poisoned(office, account)) return;
  if (report->reclaimed_bytes > 0) coverage_.count(Section::kOperation, "reclaimed");
  if (report->expired > 0) coverage_.count(Section::kOperation, "expired");
  if (is_sure && report->expired != change.ids.size())
    throw Violation{"retention deleted " + std::to_string(report->expired) + ", expected " +
                    std::to_string(change.ids.size())};
  if (report->expired > 0) {
    // What came back since stays: then the worlds know it already.
    if (!undeleted_meanwhile_) apply(account, verdict, change);
    // Those that damage made uncertain it may have taken for deleted already.
    for (const MessageId id : change.ids)
      account.model.messages[id].loose = unchanged.messages[id].loose;
    return;
  }
  if (acted_meanwhile_) return;
  // Messages that are known to be synced by now stay known.
  unchanged.messages = std::move(account.model.messages);
  account.model = std::move(unchanged);
}

// A deletion whose record was lost is written anew when the log is, as one of now: its time is
// lost.
void Simulation::date_lost_deletions(Account& account) const {
  if (!account.damaged) return;
  for (MessageFacts& facts : account.model.messages)
    for (auto& [view, when] : facts.deleted) when.high = std::max(when.high, clock_.now());
}

void Simulation::repair() {
  Office& office = any_office();
  Account& account = any_account();
  const auto log_before = machine_.content(account.paths.log);
  date_lost_deletions(account);
  const Attempt before = attempt(office, "repair");
  const auto report = office.store->repair(account.name, {});
  std::vector<Errc> expected;
  if (is_open_anywhere(account)) expected.push_back(Errc::kBusy);
  const Verdict verdict = judge(office, account, before, error_of(report), expected);
  say("repair of " + account.name.substr(0, 20) + ": " + outcome(report) +
      (report ? ", set aside " + std::to_string(report->set_aside.size()) : ""));
  if (verdict != Verdict::kDone) return;
  coverage_.count(Section::kOperation, "repaired");
  account.repaired = account.damaged;
  // A crash while the log was made may have torn one copy of its header.
  for (const maildrop::SetAside& one : report->set_aside)
    if (!account.damaged && !account.model.is_unsure() &&
        one.what.find("log's header") == std::string::npos &&
        !(account.group_cut_short && one.what.find("no record") != std::string::npos))
      throw Violation{"repair found damage where none is: " + one.what};
  // But for a torn end, which goes as soon as anybody looks, and a header that a crash tore before
  // the first record: it is made anew.
  const auto map_before = log_before ? map_log(*log_before) : std::nullopt;
  if (report->set_aside.empty() && map_before && !map_before->records.empty() &&
      !log_before->starts_with(machine_.content(account.paths.log).value_or("none")))
    throw Violation{"there was nothing to repair, and the log was written"};
}

}  // namespace restante::sim
