#include "sim/simulation.h"

#include <algorithm>
#include <numeric>

#include "base/checksum.h"
#include "maildrop/log/log_store.h"

namespace restante::sim {
namespace {

/// From this seed on, several messages may be delivered at the same time. The seeds in seeds.txt
/// are older than that, and go on doing what their names say.
constexpr std::uint64_t kGroupsFrom = 23'000'000;

/// The same for views.
constexpr std::uint64_t kViewsFrom = 30'000'000;

constexpr auto kStart = WallTime(std::chrono::milliseconds(1'700'000'000'000));

}  // namespace

Simulation::Simulation(const RunOptions& options, Coverage& coverage)
    : options_(options),
      coverage_(coverage),
      rng_(options.seed),
      group_rng_(~options.seed),
      view_rng_(~options.seed ^ 0x5649455753ULL),
      mix_(draw_mix(rng_, options.without)),
      machine_(rng_.fork(), mix_.faults, coverage),
      clock_(kStart),
      store_rng_(rng_.fork()) {
  mix_.groups =
      options.seed >= kGroupsFrom && group_rng_.percent(60) && !options.without.contains("groups");
  if (options.seed >= kViewsFrom) draw_views(mix_, view_rng_, options.without);
  for (std::size_t i = 0; i < mix_.accounts; ++i) {
    std::string name = "user" + std::to_string(i) + "@example.test";
    if (i == 2) name.insert(0, 300, 'x');  // Its header spans sectors.
    Account account;
    account.name = name;
    account.paths = maildrop::log::log_paths("/data", name);
    accounts_.push_back(std::move(account));
  }
}

Simulation::~Simulation() {
  for (Office& office : offices_) shut(office);
}

RunResult Simulation::run() {
  RunResult result;
  try {
    open_offices();
    for (step_ = 1; step_ <= mix_.steps; ++step_) step();
    finish();
  } catch (const Violation& violation) {
    result.violation = violation.what;
  }
  result.step = step_;
  result.trace_sum = trace_sum_;
  return result;
}

void Simulation::say(const std::string& line) {
  trace_sum_ = trace_sum_ * 31 + checksum(as_bytes(line));
  const std::string events = machine_.take_events();
  if (options_.trace)
    options_.trace(std::to_string(step_) + ": " + line +
                   (events.empty() ? "" : " [" + events + "]"));
}

void Simulation::step() {
  const std::uint64_t sum = std::accumulate(mix_.weights.begin(), mix_.weights.end(), 0ULL);
  std::uint64_t drawn = rng_.below(sum);
  std::size_t chosen = 0;
  while (drawn >= mix_.weights[chosen]) drawn -= mix_.weights[chosen++];
  clock_.advance(std::chrono::seconds(rng_.below(20)));
  if (machine_.faults() > 0 && rng_.one_in(4)) machine_.set_faults(rng_.one_in(2));
  const auto next = static_cast<Step>(chosen);
  if (rng_.percent(mix_.stop_percent))
    plan_stop(next == Step::kUpkeep || next == Step::kRepair ? 14 : 4);
  if (any_account().header_lost) return;  // Nothing is left to play with.
  if (mix_.views && view_rng_.one_in(4)) {
    act_on_views();
  } else {
    coverage_.count(Section::kOperation, name_of(next));
    act(next);
  }
  (void)settle_stop();
}

/// `changes`: about how many changing calls the next operation makes.
void Simulation::plan_stop(std::uint64_t changes) {
  const bool changing = rng_.one_in(2);
  const std::uint64_t most = rng_.one_in(4) ? 60 : (changing ? changes : 3 * changes);
  machine_.stop_at(rng_.below(most), rng_.percent(mix_.kill_percent) ? Stop::kKill : Stop::kPower,
                   changing);
}

void Simulation::act(Step step) {
  switch (step) {
    case Step::kDeliver: return deliver();
    case Step::kOpen: return open();
    case Step::kRead: return read();
    case Step::kQuit: return quit();
    case Step::kDrop: return drop();
    case Step::kList: return list();
    case Step::kRestart: return restart();
    case Step::kKill: return kill(any_office());
    case Step::kPowerLoss: coverage_.count(Section::kStop, "idle"); return lose_power();
    case Step::kIndex: return tamper_with_index();
    case Step::kClock:
      clock_.advance(std::chrono::hours(static_cast<int>(rng_.below(400)) - 100));
      return say("the clock jumps to " + to_rfc3339(clock_.now()));
    case Step::kFullDisk:
      full_ = !full_;
      machine_.set_full(full_);
      return say(full_ ? "the disk is full" : "there is room again");
    case Step::kTwice: return check_twice();
    case Step::kDamage: return damage();
    case Step::kUsage: return usage();
    case Step::kUndelete: return undelete();
    case Step::kUpkeep: return upkeep();
    case Step::kRepair: return repair();
    case Step::kCount: break;
  }
}

Simulation::Account& Simulation::any_account() {
  std::size_t at = rng_.below(accounts_.size());
  for (std::size_t tried = 0; tried < accounts_.size() && accounts_[at].header_lost; ++tried)
    at = (at + 1) % accounts_.size();
  return accounts_[at];
}

// Offices.

Simulation::Office Simulation::make_office() {
  Office office;
  office.process = machine_.start_process();
  office.disk = machine_.disk_of(office.process);
  maildrop::log::LogStoreSettings settings("/data", clock_);
  settings.idle_maildrops_max = mix_.idle_maildrops_max;
  settings.index_worth_bytes = mix_.index_worth_bytes;
  settings.view_expires = mix_.view_expires;
  settings.random = [this](MutableBytes target) {
    for (std::byte& byte : target) byte = static_cast<std::byte>(store_rng_.next());
    return ok();
  };
  office.store = std::move(*maildrop::open_log_store(*office.disk, std::move(settings)));
  return office;
}

void Simulation::open_offices() {
  for (Office& office : offices_) shut(office);
  offices_.clear();
  for (std::size_t i = 0; i < mix_.offices; ++i) offices_.push_back(make_office());
}

/// As the end of a process: nothing is written.
void Simulation::shut(Office& office) {
  office.process->dead = true;
  office.clients.clear();
  office.store.reset();
}

bool Simulation::settle_stop() {
  const auto stopped = machine_.stopped();
  if (!stopped) return false;
  if (*stopped == Stop::kPower) {
    lose_power();
    return true;
  }
  for (Office& office : offices_)
    if (office.process.get() == machine_.stopped_process()) kill(office);
  return true;
}

// The meaning of an answer.

Simulation::Attempt Simulation::attempt(const Office& office, std::string_view activity) {
  machine_.set_activity(recovering_ ? "recovery" : activity);
  return {machine_.faults(), office.process->failed_syncs, office.process->failed_cuts,
          office.process->synced};
}

bool Simulation::is_poisoned(const Office& office, const Account& account) {
  return office.process->failed_paths.contains(account.paths.log);
}

bool Simulation::is_excused(const Office& office, const Account& account,
                            const Attempt& attempt) const {
  return machine_.faults() != attempt.faults || office.process->dead || account.header_lost ||
         is_poisoned(office, account);
}

Simulation::Verdict Simulation::judge(Office& office, Account& account, const Attempt& attempt,
                                      const Error* error, const std::vector<Errc>& expected) {
  const bool sync_failed = office.process->failed_syncs != attempt.failed_syncs;
  // If one went well before, in the same operation, it settled what was there.
  const auto at = attempt.synced.find(account.paths.log);
  const std::uint64_t before = at == attempt.synced.end() ? 0 : at->second;
  if (sync_failed && office.process->synced[account.paths.log] == before) {
    account.model.lose_sync();
    if (before == 0)
      for (const Change& change : account.model.unsettled()) distrust(office, account, change);
  }
  if (!sync_failed && office.process->synced[account.paths.log] != before) account.model.settle();
  const bool cut_failed = office.process->failed_cuts != attempt.failed_cuts;
  if (sync_failed && (cut_failed || office.process->dead)) return Verdict::kUnsteady;
  if (office.process->dead) return Verdict::kUnknown;
  if (!error) return Verdict::kDone;
  const bool is_expected = std::ranges::find(expected, error->code) != expected.end();
  if (!is_expected && !is_excused(office, account, attempt))
    throw Violation{"an error without a fault: " + error->message()};
  if (cut_failed) return Verdict::kUnknown;
  // A write that failed may have left nearly all of it, and the zeros that lack may be there
  // anyway.
  if (machine_.faults() != attempt.faults) return Verdict::kRefusedInDoubt;
  return Verdict::kRefused;
}

/// A second sync that succeeds proves nothing of what the first one lost. But messages that were
/// shown before, in an earlier process's life too, were called durable, and an index may say so
/// since; and so it may of those that another process synced and never showed.
void Simulation::distrust(Office& office, const Account& account, const Change& change) {
  if (offices_.size() > 1 || !is_poisoned(office, account)) return;
  if (change.kind != Change::Kind::kDeliver) return;
  for (const MessageId id : change.ids)
    if (account.model.messages[id].sequence == 0 && !account.model.messages[id].synced)
      office.untrusted[&account].insert(id);
}

void Simulation::apply(Account& account, Verdict verdict, const Change& change) {
  switch (verdict) {
    case Verdict::kDone: return account.model.acknowledge(change);
    case Verdict::kRefused: return;
    case Verdict::kRefusedInDoubt: return account.model.refuse_in_doubt(change);
    case Verdict::kUnknown: return account.model.leave_open(change);
    case Verdict::kUnsteady: account.model.leave_open(change); return account.model.loosen(change);
  }
}

}  // namespace restante::sim
