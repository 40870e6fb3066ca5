#include "server/newcomers/newcomers.h"

#include <algorithm>

#include "accounts/chain/open.h"
#include "accounts/login/login_name.h"
#include "accounts/passwords/password.h"
#include "base/limits.h"
#include "migrate/moving/move.h"
#include "server/common/disk_room.h"
#include "server/common/log.h"
#include "server/newcomers/old_mail.h"

namespace restante::server {
namespace {

using migrate::Act;
using Made = migrate::Passage::Made;

std::string moving_from(const FarServer& server) {
  return std::string(accounts::kMovingFrom) + server.name;
}

/// What it is for the login.
Made verdict_of(Errc code) {
  switch (code) {
    case Errc::kExists:  // As an alias: an account of another session is looked for before.
    case Errc::kAuth:
    case Errc::kSyntax:
    case Errc::kLimit: return Made::kRefused;
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kNotFound:
    case Errc::kBusy:
    case Errc::kFull:
    case Errc::kState:
    case Errc::kTimeout:
    case Errc::kClosed: break;
  }
  return Made::kFailed;
}

}  // namespace

Result<std::unique_ptr<Newcomers>> Newcomers::open(Services& services,
                                                   const settings::Config& config) {
  if (config.migrate.on_login.empty()) return std::unique_ptr<Newcomers>();
  RESTANTE_TRY(auto admin, accounts::open_admin(config.accounts, system_clock()));
  RESTANTE_TRY(auto stop, net::StopSignal::create());
  return std::unique_ptr<Newcomers>(
      new Newcomers(services, config, std::move(admin), std::move(stop)));
}

Newcomers::Newcomers(Services& services, const settings::Config& config,
                     std::unique_ptr<accounts::AccountAdmin> admin, net::StopSignal stop)
    : services_(services),
      settings_(config.migrate),
      secrets_(config.auth.secrets),
      data_dir_(config.data_dir),
      reserve_(config.maildrop.reserve),
      crossings_({config.migrate.checks, config.migrate.moves}),
      stop_(std::move(stop)),
      admin_(std::move(admin)) {}

bool Newcomers::lists(std::string_view name) const {
  const auto& domains = settings_.on_login;
  return std::ranges::find(domains, accounts::domain_of(name)) != domains.end();
}

Result<migrate::Standing> Newcomers::standing_of(const std::string& name) {
  migrate::Standing out;
  out.is_listed = lists(name);
  const auto account = accounts::find_any_spelling(services_.directory, name);
  if (!account && account.error().code != Errc::kNotFound) return account.error();
  const auto alias = accounts::find_alias_any_spelling(services_.directory, name);
  if (!alias && alias.error().code != Errc::kNotFound) return alias.error();
  out.is_here = account || alias;
  RESTANTE_TRY(const auto stored, services_.store.stored(name));
  out.was_ever_here = stored.exists;
  const std::lock_guard lock(admin_mutex_);
  RESTANTE_TRY(const bool was_here, admin_->was_here(name));
  out.was_ever_here = out.was_ever_here || was_here;
  return out;
}

Made Newcomers::make(const std::string& name, const SecretString& password, const Home& home) {
  const auto secret = accounts::make_secret(password.view(), secrets_);
  if (!secret) {
    spdlog::warn("no account made at its login account={} reason={}", for_log(name),
                 for_log(secret.error().message()));
    return verdict_of(secret.error().code);
  }
  accounts::Newcomer newcomer{name, *secret, {moving_from(*home.server)}};
  if (home.intake != nullptr) newcomer.route.lmtp = home.intake->name;
  const std::lock_guard lock(admin_mutex_);
  const auto made = admin_->add_newcomer(newcomer);
  if (made) {
    services_.metrics.newcomers_made.add();
    spdlog::info("account made at its login account={} route={}", for_log(name), home.server->name);
    note({name, name, home.server}, "made at its login: its password is right at");
    return Made::kNow;
  }
  if (made.error().code == Errc::kExists && admin_->show(name)) return Made::kBefore;
  spdlog::warn("no account made at its login account={} reason={}", for_log(name),
               for_log(made.error().message()));
  return verdict_of(made.error().code);
}

std::shared_ptr<Move> Newcomers::begin(Traveller who, std::unique_ptr<migrate::Passage> passage) {
  auto move = std::make_shared<Move>(std::move(who), std::move(passage));
  const std::lock_guard lock(mutex_);
  waiting_.push_back(move);
  changed_.notify_one();
  return move;
}

Status Newcomers::start() {
  while (threads_.size() < settings_.moves) {
    RESTANTE_TRY(auto thread, start_thread([this] { work(); }));
    threads_.push_back(std::move(thread));
  }
  return ok();
}

void Newcomers::stop() {
  stop_.raise();
  if (services_.homes != nullptr) services_.homes->mail().stop();
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Newcomers::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
    if (is_over_) return;
    const auto move = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    services_.metrics.newcomers_moving.add();
    carry(*move);
    services_.metrics.newcomers_moving.subtract();
    lock.lock();
  }
}

void Newcomers::carry(Move& move) {
  const Traveller& who = move.who();
  std::uint64_t sent = 0;
  Act act = move.moved(bring(who));
  while (!is_end(act)) {
    if (act == Act::kTurnRoute) {
      const bool well = turn(who);
      sent = services_.homes->mail().begun();
      act = move.route_turned(well);
    } else {
      act = move.moved(bring_rest(who, sent));
    }
  }
}

bool Newcomers::fail(const Traveller& who, const Error& error) {
  services_.metrics.newcomers_failed.add();
  spdlog::warn("not moved here yet account={} route={} reason={}", for_log(who.account),
               who.server->name, for_log(error.message()));
  return false;
}

void Newcomers::note(const Traveller& who, const std::string& what) {
  if (services_.journal == nullptr) return;
  journal::Act act;
  act.kind = journal::Kind::kAccount;
  act.account = who.account;
  act.detail = what + " " + who.server->name;
  services_.journal->note(std::move(act));
}

/// Quotas are not asked: it is mail that its owner has, and a part of it would be worse.
bool Newcomers::bring(const Traveller& who) {
  migrate::MoveOptions options;
  options.account = who.account;
  options.ignores_quota = true;
  options.has_room = [this](std::uint64_t octets) {
    return check_room(data_dir_, reserve_, octets);
  };
  options.progress = [this](std::uint64_t /*octets*/) { return !stop_.raised(); };
  const auto source = open_old_mail(who, *services_.outgoing, stop_);
  const migrate::Moved moved = migrate::move_mail(*source, services_.store, options);
  services_.metrics.newcomers_messages.add(moved.moved);
  for (const migrate::Skipped& skipped : moved.skipped)
    spdlog::warn("left at the old server account={} route={} message={} reason={}",
                 for_log(who.account), who.server->name, for_log(skipped.place),
                 for_log(skipped.why));
  if (moved.failure) return fail(who, *moved.failure);
  spdlog::info("mail brought account={} route={} messages={} octets={} here-before={}",
               for_log(who.account), who.server->name, moved.moved, moved.moved_octets,
               moved.present);
  return true;
}

Status Newcomers::set_route(const Traveller& who, const accounts::Route& route) {
  const std::lock_guard lock(admin_mutex_);
  RESTANTE_TRY(const auto entry, admin_->show(who.called));
  if (entry.route == nullptr || entry.route->pop3 != moving_from(*who.server))
    return Error(Errc::kState, "its route was changed meanwhile");
  return admin_->set_route(who.called, std::make_shared<const accounts::Route>(route));
}

bool Newcomers::turn(const Traveller& who) {
  const Status turned = set_route(who, {moving_from(*who.server)});
  return turned ? true : fail(who, turned.error());
}

bool Newcomers::bring_rest(const Traveller& who, std::uint64_t sent) {
  const auto deadline = std::chrono::steady_clock::now() + limits::kEnvelopeTime;
  if (!services_.homes->mail().wait_for(sent, deadline))
    return fail(who, Error(Errc::kTimeout, "mail is still under way to the old server"));
  if (!bring(who)) return false;
  if (const Status here = set_route(who, {std::string(kHere)}); !here)
    return fail(who, here.error());
  services_.metrics.newcomers_moved.add();
  spdlog::info("moved here account={} route={}", for_log(who.account), who.server->name);
  note(who, "its mail is here, all of it, from");
  return true;
}

}  // namespace restante::server
