#include "server/start/server.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <list>

#include "dial/notify.h"
#include "disk/posix.h"
#include "maildrop/doors/open.h"
#include "server/common/back_ends.h"
#include "server/common/log.h"
#include "server/common/postmaster.h"
#include "server/delivery/quota_warnings.h"
#include "server/elsewhere/homes.h"
#include "server/newcomers/newcomers.h"
#include "server/outgoing/outgoing.h"
#include "server/session/acceptor.h"
#include "server/start/account_files.h"
#include "server/start/confinement.h"
#include "server/start/data_directory.h"
#include "server/start/descriptors.h"
#include "server/start/installation.h"
#include "server/start/listeners.h"
#include "server/start/lock_patience.h"
#include "server/start/name_checks.h"
#include "server/start/place_watch.h"
#include "server/start/watchdog.h"
#include "server/upkeep/clock_guard.h"
#include "server/upkeep/housekeeping.h"
#include "server/upkeep/scrub_check.h"
#include "server/upkeep/upkeep.h"

namespace restante::server {
namespace {

// Deliveries and commits in flight: as many fdatasyncs as a disk batches well.
constexpr std::size_t kDiskThreads = 64;
// They wait for an issuer, which oauth/gate.h bounds, or verify a signature.
constexpr std::size_t kTokenThreads = 8;

std::size_t processors() { return std::max(1U, std::thread::hardware_concurrency()); }

std::string_view to_text(settings::Protocol protocol) {
  switch (protocol) {
    case settings::Protocol::kPop3: return "pop3";
    case settings::Protocol::kLmtp: return "lmtp";
    case settings::Protocol::kSmtp: return "smtp";
    case settings::Protocol::kHttp: return "http";
  }
  return "unknown";
}

std::string_view to_text(settings::TlsMode mode) {
  switch (mode) {
    case settings::TlsMode::kNone: return "none";
    case settings::TlsMode::kStarttls: return "starttls";
    case settings::TlsMode::kImplicit: return "implicit";
  }
  return "unknown";
}

void log_outage(const accounts::OutageNews& news) {
  using Kind = accounts::OutageNews::Kind;
  const std::string where = for_log(news.where);
  const std::string reason = for_log(news.reason);
  switch (news.kind) {
    case Kind::kDown:
      spdlog::error("accounts back end down where={} reason={}", where, reason);
      return;
    case Kind::kBack: spdlog::info("accounts back end answers again where={}", where); return;
    case Kind::kComplains:
      spdlog::error("accounts back end answers with an error where={} reason={}", where, reason);
      return;
  }
}

Result<std::unique_ptr<accounts::Directory>> open_accounts(const settings::Config& config) {
  accounts::Settings settings = config.accounts;
  settings.report = [](const Error& error) {
    spdlog::error("accounts kept as they were reason={}", for_log(error.message()));
  };
  settings.read = log_account_file;
  settings.many_ask = true;
  settings.tell = log_outage;
  return accounts::open_directory(settings, system_clock());
}

/// Null: no issuer is configured.
Result<std::unique_ptr<accounts::TokenVerifier>> open_tokens(const settings::Config& config) {
  if (config.oauth.claims.issuer.empty()) return std::unique_ptr<accounts::TokenVerifier>();
  return accounts::oauth::make_token_verifier(oauth_settings(config), system_clock());
}

Result<std::unique_ptr<maildrop::Store>> open_store(
    const settings::Config& config, const std::shared_ptr<const LockPatience>& patience,
    PlaceWatch& place) {
  maildrop::StoreSettings settings = store_settings(config);
  settings.idle_maildrops_max = plan_descriptors(config).idle_maildrops;
  settings.patience = ask(patience);
  settings.place = &place;
  settings.report = [](const maildrop::Damage& damage) {
    spdlog::error("maildrop damage account={} offset={} what={}", for_log(damage.account),
                  damage.offset, for_log(damage.what));
  };
  return maildrop::open_store(disk::posix_disk(), std::move(settings));
}

/// Null: no other machine is named. Before the sandbox, and before there is anything that another
/// process should not have.
Result<std::unique_ptr<Outgoing>> start_outgoing(const settings::Config& config,
                                                 const process::Identity& user) {
  ConnectorPlan plan;
  plan.places = configured_places(config);
  plan.user = user;
  plan.sandbox = config.server.sandbox != settings::Sandbox::kOff;
  if (plan.places.empty()) return std::unique_ptr<Outgoing>();
  return Outgoing::start(plan);
}

/// The marks of data_dir, as `found` by find_installation(); and what there is to say of them.
Result<std::unique_ptr<PlaceWatch>> begin_place(const settings::Config& config,
                                                const std::string& found) {
  const InstallationPlaces places(config);
  RESTANTE_TRY(const Begun begun, begin_installation(places, found));
  if (begun.is_marked)
    spdlog::warn("data_dir {} path={} installation={}",
                 begun.is_new ? "is new: begins with no mail" : "of an earlier version: marked",
                 for_log(places.data_dir.native()), begun.id);
  if (!begun.witness)
    spdlog::warn(
        "no witness of data_dir: a start could not tell that its file system is gone; make the "
        "folder {} for the server's user, or set witness_dir reason={}",
        for_log(places.witness_dir.native()), for_log(begun.witness.error().detail));
  else if (witness_shares_fate(places))
    spdlog::warn(
        "the witness {} is on data_dir's own file system: a start could not tell that it is gone; "
        "set witness_dir to a folder of the server's user on the root file system",
        for_log(places.witness_dir.native()));
  auto place = std::make_unique<PlaceWatch>(places.data_dir, begun.id);
  static_cast<void>(place->check());  // It waits for maildrops that are not there yet.
  return place;
}

/// Null where it is off, or cannot be had: mail goes on without it.
std::unique_ptr<journal::Journal> open_journal(const settings::Config& config) {
  if (!config.journal.enabled) return nullptr;
  journal::Limits limits = config.journal.limits();
  limits.free_min = 2 * config.maildrop.reserve;  // No act takes room that a deletion may need.
  auto opened = journal::Journal::open(config.data_dir / "journal", limits, system_clock());
  if (opened) return std::move(*opened);
  spdlog::error("no journal is kept reason={}", for_log(opened.error().message()));
  return nullptr;
}

void set_signals(int how) {
  sigset_t ours{};
  ::sigemptyset(&ours);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&ours, signal);
  ::pthread_sigmask(how, &ours, nullptr);
}

ClockGuard make_clock_guard(const std::filesystem::path& data_dir, maildrop::Store& store) {
  const std::filesystem::path path = data_dir / kClockFileName;
  // Looked up only where the server was not at work yet: there may be very many.
  const auto fallback = load_good_time(path) ? std::nullopt : store.last_written();
  return {path, fallback, [] {
            return ClockGuard::Moment{system_clock().now(), std::chrono::steady_clock::now()};
          }};
}

}  // namespace

void hold_signals() { set_signals(SIG_BLOCK); }

// Members are destroyed from the last to the first: workers before what their sessions use.
struct Server::State {
  State(files::Descriptor l, std::unique_ptr<PlaceWatch> w, std::unique_ptr<accounts::Directory> d,
        std::unique_ptr<maildrop::Store> s, SettingsPtr p, SecretString salt_key)
      : lock(std::move(l)),
        place(std::move(w)),
        journal(open_journal(p->config)),
        directory(std::move(d)),
        store(std::move(s)),
        authenticator(*directory, system_clock(), authenticator_settings(p->config)),
        router(*directory, router_settings(p->config)),
        scram(*directory, scram_settings(p->config, std::move(salt_key))),
        account_pools(*directory),
        services{*store,    *directory,    authenticator,  router,        disk_pool,
                 hash_pool, account_pools, system_clock(), LoginDelays(), Metrics(),
                 nullptr,   nullptr,       nullptr,        nullptr},
        settings(std::move(p)),
        clock_guard(make_clock_guard(settings.get()->config.data_dir, *store)),
        scrub(services, settings, settings.get()->config.data_dir / "scrub", scrub_check(*store)) {
    services.upkeep = &upkeep;
    upkeep.obey(clock_guard);
    services.quota_warnings = &quota_warnings;
    services.token_pool = &token_pool;
    services.scram = &scram;
    services.journal = journal.get();
  }

  files::Descriptor lock;
  std::unique_ptr<Outgoing> outgoing;
  std::unique_ptr<Homes> homes;
  std::unique_ptr<PlaceWatch> place;
  std::unique_ptr<journal::Journal> journal;  // Null: none is kept.
  std::shared_ptr<LockPatience> patience;
  std::unique_ptr<accounts::Directory> directory;
  std::unique_ptr<maildrop::Store> store;
  accounts::Authenticator authenticator;
  accounts::Router router;
  accounts::ScramKeyring scram;
  net::BlockingPool disk_pool{kDiskThreads};
  net::BlockingPool hash_pool{processors(), limits::kHashesWaitingMax};
  AccountPools account_pools;
  net::BlockingPool token_pool{kTokenThreads, limits::kLookupsWaitingMax};
  std::unique_ptr<accounts::TokenVerifier> tokens;
  Services services;
  SettingsHolder settings;
  ClockGuard clock_guard;
  QuotaWarnings quota_warnings{told_owners_file(settings.get()->config.data_dir)};
  Upkeep upkeep{services, settings};
  Housekeeping housekeeping{services, settings};
  Scrub scrub;
  std::unique_ptr<Newcomers> newcomers;  // Null: nobody comes over.
  std::list<net::Worker> workers;
  std::list<Acceptor> acceptors;

  net::Supervisor supervisor;

  void make_workers(std::size_t count);
  void listen(OpenListener listener);
  void look_for_lost_peers();
  void count(const process::Sandbox& sandbox);
  void reload(const std::optional<settings::Config>& config);
  void stop();
  [[nodiscard]] Status check_pools() const;
  Status start();
};

void Server::State::make_workers(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    net::Worker& worker = workers.emplace_back(i);
    worker.on_error([](const char* what) {
      spdlog::critical("bug: exception left a session, session dropped: {}", what);
    });
  }
}

void Server::State::listen(OpenListener listener) {
  const settings::Listen& listen = listener.listen;
  auto socket = listener.sockets.sockets.begin();
  for (net::Worker& worker : workers) {
    Acceptor& acceptor =
        acceptors.emplace_back(worker, std::move(*socket++), listen, services, settings);
    acceptor.spawn();
  }
  announcements().info("listening protocol={} address={} tls={}", to_text(listen.protocol),
                       listener.sockets.endpoint.to_string(), to_text(listen.tls));
}

void Server::State::look_for_lost_peers() {
  const auto keepalive = settings.get()->config.limits.keepalive;
  for (net::Worker& worker : workers) worker.end_lost_peers(keepalive);
}

void Server::State::count(const process::Sandbox& sandbox) {
  services.metrics.sandbox_landlock.add(static_cast<std::uint64_t>(sandbox.landlock));
  services.metrics.sandbox_seccomp.add(sandbox.seccomp ? 1 : 0);
  services.metrics.sandbox_no_new_privileges.add(sandbox.no_new_privileges ? 1 : 0);
}

void Server::State::reload(const std::optional<settings::Config>& config) {
  if (const Status there = place->check(); !there) {
    spdlog::error("reload: all kept as it was reason={}", for_log(there.error().message()));
    return;
  }
  const Status accounts_read = directory->reload();
  if (!accounts_read)
    spdlog::error("reload: accounts kept as they were reason={}",
                  for_log(accounts_read.error().message()));
  authenticator.forget();
  if (!config) return;
  // Whether tokens are checked was settled at the start.
  auto fresh = make_settings(*config, tokens ? Tokens::kChecked : Tokens::kRefused);
  if (!fresh) {
    spdlog::error("reload: settings kept as they were reason={}", for_log(fresh.error().message()));
    return;
  }
  patience->set(config->maildrop.lock_timeout);
  settings.set(std::move(*fresh));
  for (Acceptor& acceptor : acceptors) acceptor.reconsider();
  look_for_lost_peers();
  upkeep.reconsider();
  scrub.reconsider();
  housekeeping.reconsider();
  spdlog::info(
      "reloaded: new connections use it; listeners, accounts, routes, migrate, data_dir, "
      "maildrop.backend "
      "and server need a restart");
}

Status Server::State::check_pools() const {
  for (const net::BlockingPool* pool : {&disk_pool, &hash_pool, &token_pool})
    RESTANTE_CHECKED(pool->started());
  return account_pools.started();
}

/// All threads, or an error; stop() then ends those that there are.
Status Server::State::start() {
  for (net::Worker& worker : workers) RESTANTE_CHECKED(worker.start());
  RESTANTE_CHECKED(place->start(services.metrics.data_dir_lost));
  RESTANTE_CHECKED(upkeep.start());
  RESTANTE_CHECKED(scrub.start());
  if (newcomers) RESTANTE_CHECKED(newcomers->start());
  return housekeeping.start();
}

void Server::State::stop() {
  const auto grace = settings.get()->config.limits.shutdown_grace;
  // Those who wait for a lock are answered while the grace still lasts.
  patience->end_by(std::chrono::steady_clock::now() + grace / 2);
  for (net::Worker& worker : workers) worker.stop(grace);
  place->stop();
  upkeep.stop();
  scrub.stop();
  if (newcomers) newcomers->stop();
  for (net::Worker& worker : workers) worker.join();
  hash_pool.join();
  account_pools.join();
  disk_pool.join();
  token_pool.join();
  housekeeping.stop();
  // What could not be written only speeds up the next start.
  if (const Status closed = store->close(); !closed)
    spdlog::warn("indexes not saved, the next start reads more reason={}",
                 for_log(closed.error().message()));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(const settings::Config& config,
                                             const std::filesystem::path& config_path) {
  net::Supervisor supervisor;
  const std::size_t threads = config.server.threads == 0 ? processors() : config.server.threads;
  RESTANTE_TRY(const process::Identity user, server_identity(config));
  RESTANTE_TRY(const std::string installation, find_installation(InstallationPlaces(config)));
  // Before anything is made, which would be of the wrong user then.
  RESTANTE_CHECKED(check_secrets(config, config_path, user));
  RESTANTE_CHECKED(make_data_directory(config, installation, user));
  RESTANTE_TRY(auto outgoing, start_outgoing(config, user));
  RESTANTE_TRY(auto homes, Homes::load(config.route));
  RESTANTE_TRY(std::vector<OpenListener> listeners, open_listeners(config, threads, user));
  // Keys that are configured may be root's alone; the self-signed one is the user's to make.
  const bool has_keys = !config.tls.certificates.empty();
  const Tokens checks = config.oauth.claims.issuer.empty() ? Tokens::kRefused : Tokens::kChecked;
  Result<SettingsPtr> settings = has_keys ? make_settings(config, checks) : SettingsPtr();
  if (!settings) return settings.error();
  RESTANTE_TRY(const process::Sandbox sandbox, confine(config, config_path, user));
  RESTANTE_TRY(files::Descriptor lock, lock_data_directory(config.data_dir));
  RESTANTE_CHECKED(check_restored(config.data_dir));
  RESTANTE_TRY(auto place, begin_place(config, installation));
  if (!has_keys) settings = make_settings(config, checks);
  if (!settings) return settings.error();
  RESTANTE_TRY(auto directory, open_accounts(config));
  for (const std::string& warning :
       name_warnings(*directory, config.data_dir, config.accounts.names.fold_local_part))
    spdlog::warn("{}", warning);
  auto patience = std::make_shared<LockPatience>(config.maildrop.lock_timeout);
  RESTANTE_TRY(auto store, open_store(config, patience, *place));
  RESTANTE_TRY(auto salt_key, accounts::ensure_salt_key(config.data_dir / "scram-salts.key"));
  auto state = std::make_unique<State>(std::move(lock), std::move(place), std::move(directory),
                                       std::move(store), std::move(*settings), std::move(salt_key));
  RESTANTE_CHECKED(state->check_pools());
  state->supervisor = std::move(supervisor);
  state->patience = std::move(patience);
  state->outgoing = std::move(outgoing);
  state->homes = std::move(homes);
  state->services.homes = state->homes.get();
  state->services.outgoing = state->outgoing.get();
  RESTANTE_TRY(auto newcomers, Newcomers::open(state->services, config));
  state->newcomers = std::move(newcomers);
  state->services.newcomers = state->newcomers.get();
  state->count(sandbox);
  RESTANTE_TRY(auto tokens, open_tokens(config));
  state->tokens = std::move(tokens);
  state->services.tokens = state->tokens.get();
  // One that is elsewhere is asked when all is running, by the housekeeping.
  if (!state->directory->is_slow()) state->housekeeping.look_for_postmaster();
  state->make_workers(threads);
  state->look_for_lost_peers();
  for (const std::string& warning : old_tls_warnings(config)) spdlog::warn("{}", warning);
  for (OpenListener& listener : listeners) state->listen(std::move(listener));
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Status Server::run(const std::function<std::optional<settings::Config>()>& reload) {
  net::asio::io_context context(1);
  net::asio::signal_set signals(context, SIGTERM, SIGINT, SIGHUP);
  set_signals(SIG_UNBLOCK);  // What came during the start is heard now.
  if (Status started = state_->start(); !started) {
    state_->stop();
    return started;
  }
  Watchdog watchdog(context, state_->workers, state_->supervisor);
  watchdog.watch(state_->disk_pool);
  std::function<void()> wait = [&] {
    signals.async_wait([&](const boost::system::error_code& failure, int signal) {
      if (failure || signal != SIGHUP) return watchdog.stop();
      state_->reload(reload());
      wait();
    });
  };
  wait();
  announcements().info("ready");
  state_->supervisor.notify("READY=1");
  watchdog.start(net::watchdog_interval());
  context.run();
  announcements().info("stopping: sessions under way may finish");
  state_->supervisor.notify("STOPPING=1");
  state_->stop();
  set_signals(SIG_BLOCK);  // What is left to be done does not wait for anything.
  announcements().info("stopped");
  return ok();
}

}  // namespace restante::server
