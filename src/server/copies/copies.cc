#include "server/copies/copies.h"

#include <algorithm>

#include "base/thread.h"
#include "server/common/log.h"
#include "server/copies/account_session.h"
#include "server/copies/server_session.h"
#include "server/elsewhere/homes.h"

namespace restante::server {
namespace {

using Kind = CopyVerdict::Kind;

// What comes by another program than this server is found by the next visit.
constexpr auto kVisitTime = std::chrono::minutes(15);

std::chrono::milliseconds left_until(WallTime time, WallTime now) {
  return std::clamp(time - now, std::chrono::milliseconds(0), kLongestCopyWait);
}

/// "copy,copy-2(paused)".
std::string labels_of(const std::vector<accounts::Copy>& copies) {
  std::string out;
  for (const accounts::Copy& copy : copies)
    out += (out.empty() ? "" : ",") + copy.label + (copy.paused ? "(paused)" : "");
  return out;
}

/// By a route of its own, or of its domain.
bool lives_elsewhere(const Services& services, const accounts::Account& account) {
  if (services.homes == nullptr) return false;
  const auto home = services.homes->of_account(account);
  return !home || home->has_value();
}

bool is_for_ever(const CopyVerdict& verdict) {
  return verdict.kind == Kind::kRefused || verdict.kind == Kind::kDamaged;
}

}  // namespace

Result<std::unique_ptr<Copies>> Copies::make(Services& services, const SettingsHolder& settings,
                                             std::unique_ptr<CopyTargets> targets,
                                             std::chrono::milliseconds refresh) {
  RESTANTE_TRY(auto stop, net::StopSignal::create());
  return std::unique_ptr<Copies>(
      new Copies(services, settings, std::move(targets), std::move(stop), refresh));
}

Copies::Copies(Services& services, const SettingsHolder& settings,
               std::unique_ptr<CopyTargets> targets, net::StopSignal stop,
               std::chrono::milliseconds refresh)
    : services_(services),
      settings_(settings),
      targets_(std::move(targets)),
      stop_(std::move(stop)),
      refresh_time_(refresh) {}

Status Copies::start() {
  while (threads_.size() < kCopyThreads) {
    RESTANTE_TRY(auto thread, start_thread([this] { run(); }));
    threads_.push_back(std::move(thread));
  }
  return ok();
}

void Copies::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  stop_.raise();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Copies::wake(const std::string& account) {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return;
  if (found->second.is_visited)
    found->second.is_woken = true;
  else
    make_due(account, found->second, std::chrono::steady_clock::now());
  changed_.notify_one();
}

void Copies::make_due(const std::string& account, Account& state, Time due) {
  order_.erase({state.due, account});
  state.due = due;
  order_.emplace(due, account);
}

std::optional<std::string> Copies::take_due(Time now) {
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  std::string account = order_.begin()->second;
  order_.erase(order_.begin());
  accounts_.at(account).is_visited = true;
  return account;
}

void Copies::run() {
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    const Time now = std::chrono::steady_clock::now();
    if (!is_refreshed_ && refresh_due_ <= now) {
      is_refreshed_ = true;
      lock.unlock();
      refresh();
      lock.lock();
      is_refreshed_ = false;
      refresh_due_ = std::chrono::steady_clock::now() + refresh_time_;
      changed_.notify_all();
    } else if (const auto account = take_due(now)) {
      lock.unlock();
      visit(*account);
      lock.lock();
    } else {
      Time until = is_refreshed_ ? now + refresh_time_ : refresh_due_;
      if (!order_.empty()) until = std::min(until, order_.begin()->first);
      changed_.wait_until(lock, until);
    }
  }
}

void Copies::refresh() {
  auto all = services_.directory.copies();
  // What is known holds on: mail that goes out a little too long harms less than none.
  if (!all) return complain("copies kept as they were", all.error());
  if (all->empty() && !has_copies_) return complaint_.clear();
  if (const Status opened = open_queue(); !opened) return complain("copies wait", opened.error());
  complaint_.clear();
  take_list(std::move(*all));
}

void Copies::complain(std::string_view what, const Error& error) {
  std::string complaint = fmt::format("{} reason={}", what, for_log(error.message()));
  if (complaint != complaint_) spdlog::warn("{}", complaint);
  complaint_ = std::move(complaint);
}

Status Copies::open_queue() {
  if (queue_) return ok();
  const auto file = settings_.get()->config.data_dir / copies::kFileName;
  RESTANTE_TRY(auto queue, copies::Queue::open(file));
  queue_ = std::make_unique<SharedQueue>(std::move(queue));
  return ok();
}

void Copies::take_list(std::vector<accounts::AccountCopy> all) {
  std::map<std::string, std::vector<accounts::Copy>> by_account;
  for (accounts::AccountCopy& one : all)
    by_account[std::move(one.account)].push_back(std::move(one.copy));
  std::vector<copies::Setback> set_free;
  {
    const std::lock_guard lock(queue_->mutex);
    const auto changed = queue_->queue.is_changed();
    if (changed && *changed)
      if (auto rows = queue_->queue.all()) set_free = std::move(*rows);
  }
  const Time now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (auto& [account, list] : by_account) {
    Account& state = accounts_[account];
    if (state.copies == list) continue;
    state.copies = std::move(list);
    state.is_woken = true;
    spdlog::info("copies known account={} copies={}", for_log(account), labels_of(state.copies));
    if (!state.is_visited) make_due(account, state, now);
  }
  for (const copies::Setback& row : set_free) {
    const auto found = accounts_.find(row.account);
    const bool is_for_now = !row.is_set_aside && is_due(row.next, services_.clock.now());
    if (found == accounts_.end() || !is_for_now) continue;
    if (row.uid.empty())
      for (const accounts::Copy& copy : found->second.copies)
        if (copy.label == row.label) targets_->ask_again(copy.target);
    found->second.is_woken = true;
    if (!found->second.is_visited) make_due(row.account, found->second, now);
  }
  std::erase_if(accounts_, [&](const auto& each) {
    const bool is_gone = !by_account.contains(each.first) && !each.second.is_visited;
    if (is_gone) order_.erase({each.second.due, each.first});
    return is_gone;
  });
  // One that a thread is at goes with the next list.
  has_copies_ = !accounts_.empty();
}

void Copies::visit(const std::string& account) {
  CopiedAccount copied{account, account, {}};
  {
    const std::lock_guard lock(mutex_);
    Account& state = accounts_.at(account);
    state.is_woken = false;
    copied.copies = state.copies;
  }
  const CopyVisitResult result = visit_copies(copied);
  const std::lock_guard lock(mutex_);
  Account& state = accounts_.at(account);
  state.is_visited = false;
  state.states = result.states;
  const Time now = std::chrono::steady_clock::now();
  Time due = now + kVisitTime;
  if (result.next) due = std::min<Time>(due, now + left_until(*result.next, services_.clock.now()));
  make_due(account, state, state.is_woken ? now : due);
}

CopyVisitResult Copies::visit_copies(const CopiedAccount& account) {
  CopiedAccount known = account;
  const auto found = services_.directory.find_owner(account.name);
  if (found) known.called = found->shown_name();
  if (!found || lives_elsewhere(services_, *found)) {
    const std::string why = found ? "the account lives elsewhere" : found.error().message();
    spdlog::warn("copies wait account={} reason={}", for_log(account.name), for_log(why));
    // Only an account that cannot be asked may be there in a minute.
    const bool may_pass = !found && found.error().code != Errc::kNotFound;
    return {services_.clock.now() + (may_pass ? kFirstCopyWait : kLongestCopyWait), {}};
  }
  const SettingsPtr settings = settings_.get();
  const copies::Settings& rules = settings->config.copies;
  const CopyVisitParts parts{
      services_.store,
      *queue_,
      *targets_,
      services_.clock,
      rules.rate,
      rules.notice_after,
      [this](const copies::Target& target) { return session_for(target); },
      [this] { return stop_.raised(); },
      [this](const accounts::AccountCopy& copy, const std::string& uid, std::uint64_t octets,
             const CopyVerdict& verdict) { tell(copy, uid, octets, verdict); }};
  return CopyVisit(parts, known).run();
}

Result<std::unique_ptr<CopySession>> Copies::session_for(const copies::Target& target) {
  if (target.kind == copies::Target::Kind::kAccount)
    return make_account_session(services_, settings_.get(), target.account);
  const CopyServer* const server = targets_->find(target);
  if (server == nullptr || services_.outgoing == nullptr)
    return Error(Errc::kState, to_string(target) + " is not among copies.targets");
  return make_server_session(*services_.outgoing, *server, settings_.get()->config.hostname, stop_);
}

void Copies::tell(const accounts::AccountCopy& copy, const std::string& uid, std::uint64_t octets,
                  const CopyVerdict& verdict) {
  note_act(copy, uid, octets, verdict);
  const std::string about =
      fmt::format("account={} copy={} target={} uid={}", for_log(copy.account), copy.copy.label,
                  for_log(copy.copy.target), for_log(uid));
  switch (verdict.kind) {
    case Kind::kTaken:
      taken_.add();
      octets_.add(octets);
      spdlog::info("copy sent {} octets={} reply={}", about, octets, for_log(verdict.reason));
      return;
    case Kind::kLater: later_.add(); break;
    case Kind::kRefused: refused_.add(); break;
    case Kind::kUnanswered: unanswered_.add(); break;
    case Kind::kDown: unreached_.add(); break;
    case Kind::kDamaged: damaged_.add(); break;
    case Kind::kStopped: return;
  }
  const bool is_aside = is_for_ever(verdict);
  spdlog::warn("copy {} {} reason={}", is_aside ? "set aside" : "not sent", about,
               for_log(verdict.reason));
}

/// Tries that are made again are no acts: a target that is away for a day would fill the journal.
void Copies::note_act(const accounts::AccountCopy& copy, const std::string& uid,
                      std::uint64_t octets, const CopyVerdict& verdict) {
  const bool is_taken = verdict.kind == Kind::kTaken;
  if (services_.journal == nullptr || (!is_taken && !is_for_ever(verdict))) return;
  journal::Act act;
  act.kind = is_taken ? journal::Kind::kCopied : journal::Kind::kNotCopied;
  act.account = copy.account;
  act.uid = uid;
  act.octets = octets;
  act.recipient = copy.copy.as.empty() ? copy.account : copy.copy.as;
  act.detail = fmt::format("{} {}: {}", copy.copy.label, copy.copy.target, verdict.reason);
  services_.journal->note(std::move(act));
}

std::uint64_t Copies::set_aside() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  for (const auto& [account, state] : accounts_)
    for (const CopyState& each : state.states) count += each.set_aside;
  return count;
}

void Copies::write(Exposition& page) const {
  constexpr MetricType kCounter = MetricType::kCounter;
  page.begin(
      {"restante_copy_messages_total", kCounter, "Messages given to a copy's target, by outcome."});
  page.row({{"outcome", "taken"}}, taken_.value());
  page.row({{"outcome", "later"}}, later_.value());
  page.row({{"outcome", "refused"}}, refused_.value());
  page.row({{"outcome", "unanswered"}}, unanswered_.value());
  page.row({{"outcome", "unreached"}}, unreached_.value());
  page.row({{"outcome", "damaged"}}, damaged_.value());
  page.begin({"restante_copy_octets_total", kCounter, "Octets that copies' targets have taken."});
  page.row(octets_.value());
  std::uint64_t waiting = 0;
  std::uint64_t aside = 0;
  std::uint64_t held_up = 0;
  std::uint64_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [account, state] : accounts_) {
      count += state.copies.size();
      for (const CopyState& each : state.states) {
        waiting += each.waiting;
        aside += each.set_aside;
        held_up += each.trouble.empty() ? 0 : 1;
      }
    }
  }
  page.begin({"restante_copies_configured", MetricType::kGauge, "Copies that accounts have."});
  page.row(count);
  page.begin({"restante_copies_held_up", MetricType::kGauge,
              "Copies that nothing goes out for, since their target or their view is not there."});
  page.row(held_up);
  page.begin({"restante_copy_messages_waiting", MetricType::kGauge,
              "Messages that wait for a copy's target, as of the last visits."});
  page.row(waiting);
  page.begin({"restante_copy_messages_set_aside", MetricType::kGauge,
              "Messages that a target has refused for ever; restantectl copies shows them."});
  page.row(aside);
}

}  // namespace restante::server
