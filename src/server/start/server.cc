#include "server/start/server.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <list>

#include "dial/notify.h"
#include "disk/posix.h"
#include "maildrop/doors/open.h"
#include "server/alarm/alarms.h"
#include "server/common/back_ends.h"
#include "server/common/log.h"
#include "server/common/postmaster.h"
#include "server/control/answer.h"
#include "server/control/changed_keys.h"
#include "server/control/control.h"
#include "server/delivery/quota_warnings.h"
#include "server/elsewhere/homes.h"
#include "server/measures/measures.h"
#include "server/measures/own_process.h"
#include "server/measures/timed_disk.h"
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
#include "server/upkeep/history_keeper.h"
#include "server/upkeep/housekeeping.h"
#include "server/upkeep/scrub_check.h"
#include "server/upkeep/upkeep.h"

namespace restante::server {
namespace {

// Deliveries and commits at work: as many fdatasyncs as a disk batches well.
constexpr std::size_t kDiskThreads = 64;
// These wait for an issuer, which oauth/gate.h bounds, or verify a signature.
constexpr std::size_t kTokenThreads = 8;

std::size_t processors() { return std::max(1U, std::thread::hardware_concurrency()); }

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

Result<std::unique_ptr<accounts::Directory>> open_accounts(
    const settings::Config& config, const std::shared_ptr<Measures>& measures) {
  accounts::Settings settings = config.accounts;
  settings.report = [](const Error& error) {
    spdlog::error("accounts kept as they were reason={}", for_log(error.message()));
  };
  settings.read = log_account_file;
  settings.many_ask = true;
  settings.tell = [measures](const accounts::OutageNews& news) {
    measures->back_ends.tell(news);
    log_outage(news);
  };
  return accounts::open_directory(settings, system_clock());
}

/// Null: no issuer is configured.
Result<std::unique_ptr<accounts::TokenVerifier>> open_tokens(const settings::Config& config) {
  if (config.oauth.claims.issuer.empty()) return std::unique_ptr<accounts::TokenVerifier>();
  return accounts::oauth::make_token_verifier(oauth_settings(config), system_clock());
}

Result<std::unique_ptr<maildrop::Store>> open_store(
    const settings::Config& config, const std::shared_ptr<const LockPatience>& patience,
    PlaceWatch& place, disk::Disk& disk) {
  maildrop::StoreSettings settings = store_settings(config);
  settings.idle_maildrops_max = plan_descriptors(config).idle_maildrops;
  settings.patience = ask(patience);
  settings.place = &place;
  settings.report = [](const maildrop::Damage& damage) {
    spdlog::error("maildrop damage account={} offset={} what={}", for_log(damage.account),
                  damage.offset, for_log(damage.what));
  };
  return maildrop::open_store(disk, std::move(settings));
}

/// Null: no other machine is named. Started before the sandbox, which would forbid its connections,
/// and while there is nothing yet that another process should not have.
Result<std::unique_ptr<Outgoing>> start_outgoing(const settings::Config& config,
                                                 const process::Identity& user) {
  ConnectorPlan plan;
  plan.places = configured_places(config);
  plan.user = user;
  plan.sandbox = config.server.sandbox != settings::Sandbox::kOff;
  if (plan.places.empty()) return std::unique_ptr<Outgoing>();
  return Outgoing::start(plan);
}

/// Puts the marks on data_dir, as `found` by find_installation(), and warns of what they cannot
/// tell.
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
  // Missing maildrops may be mounted later: until then the store refuses everything.
  static_cast<void>(place->check());
  return place;
}

/// Null when it is off, or cannot be had: mail goes on without it.
std::unique_ptr<journal::Journal> open_journal(const settings::Config& config) {
  if (!config.journal.enabled) return nullptr;
  journal::Limits limits = config.journal.limits();
  limits.free_min = 2 * config.maildrop.reserve;  // Leaves room for deletions.
  auto opened =
      journal::Journal::open(config.journal.folder(config.data_dir), limits, system_clock());
  if (opened) return std::move(*opened);
  spdlog::error("no journal is kept reason={}", for_log(opened.error().message()));
  return nullptr;
}

control::About about(const settings::Config& config, const std::vector<OpenListener>& listeners,
                     const process::Identity& user) {
  control::About out;
  out.version = RESTANTE_VERSION;
  out.user = user.name;
  out.data_dir = config.data_dir.string();
  for (const OpenListener& each : listeners)
    out.listeners.push_back(
        fmt::format("{} {}", to_text(each.listen.protocol), each.sockets.endpoint.to_string()));
  out.started = {std::chrono::steady_clock::now(), system_clock().now()};
  return out;
}

void set_signals(int how) {
  sigset_t ours{};
  ::sigemptyset(&ours);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&ours, signal);
  ::pthread_sigmask(how, &ours, nullptr);
}

ClockGuard make_clock_guard(const std::filesystem::path& data_dir, maildrop::Store& store) {
  const std::filesystem::path path = data_dir / kClockFileName;
  // The store is asked only at a first start: it may have very many maildrops.
  const auto fallback = load_good_time(path) ? std::nullopt : store.last_written();
  return {path, fallback, [] {
            return ClockGuard::Moment{system_clock().now(), std::chrono::steady_clock::now()};
          }};
}

}  // namespace

void hold_signals() { set_signals(SIG_BLOCK); }

// Members are destroyed from the last to the first: workers before the things that their sessions
// use.
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
        scrub(services, settings, settings.get()->config.data_dir / "scrub", scrub_check(*store)),
        history(services, settings.get()->config.data_dir / history::kFileName,
                2 * settings.get()->config.maildrop.reserve) {
    history.obey([this] { return settings.get()->config.maildrop.undelete_window; });
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
  std::unique_ptr<TimedDisk> disk;  // The store's.
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
  std::unique_ptr<Alarms> alarms;
  Scrub scrub;
  HistoryKeeper history;
  std::unique_ptr<Newcomers> newcomers;  // Null: no account comes over.
  std::list<net::Worker> workers;
  std::list<Acceptor> acceptors;

  net::Supervisor supervisor;
  Source source;
  config::Node root;  // Of the settings in force.
  std::mutex reloading;
  std::unique_ptr<control::Desk> desk;
  std::unique_ptr<control::Control> control;

  void make_workers(std::size_t count);
  void listen(OpenListener listener);
  void look_for_lost_peers();
  void count(const process::Sandbox& sandbox);
  void measure(std::shared_ptr<Measures> measures);
  control::ReloadReport reload();
  void take(settings::LoadResult loaded, control::ReloadReport& report);
  void put_in_force(SettingsPtr fresh);
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

/// By what measures the store's disk, too.
void Server::State::measure(std::shared_ptr<Measures> measures) {
  services.measures = std::move(measures);
  const auto tell = [this](net::BlockingPool& pool, PoolName name) {
    Histogram& waits = services.measures->pool(name);
    pool.tell_waits([&waits](std::chrono::nanoseconds waited) { waits.note(waited); });
  };
  tell(disk_pool, PoolName::kDisk);
  tell(hash_pool, PoolName::kHash);
  tell(token_pool, PoolName::kToken);
  account_pools.for_each([&tell](net::BlockingPool& pool, AccountPools::Kind kind) {
    tell(pool, kind == AccountPools::Kind::kLogins ? PoolName::kLookup
               : kind == AccountPools::Kind::kMail ? PoolName::kMailLookup
                                                   : PoolName::kPassword);
  });
}

/// From any thread.
control::ReloadReport Server::State::reload() {
  const std::lock_guard alone(reloading);
  control::ReloadReport report;
  settings::LoadResult loaded = source.load();
  if (const Status there = place->check(); !there) {
    report.kept = control::words_of(there.error());
    spdlog::error("reload: all kept as it was reason={}", for_log(report.kept));
    return report;
  }
  if (const Status accounts_read = directory->reload(); !accounts_read) {
    report.accounts_kept = control::words_of(accounts_read.error());
    spdlog::error("reload: accounts kept as they were reason={}", for_log(report.accounts_kept));
  }
  // A changed or removed password must not be answered from memory.
  authenticator.forget();
  take(std::move(loaded), report);
  if (!report.kept.empty()) return report;
  spdlog::info("reloaded: new connections use it{}", control::to_log(report));
  return report;
}

void Server::State::take(settings::LoadResult loaded, control::ReloadReport& report) {
  report.mistakes = std::move(loaded.mistakes);
  if (!loaded.config) {
    report.kept = "the configuration has mistakes";
    return;
  }
  // Whether tokens are checked was settled at the start.
  auto fresh = make_settings(*loaded.config, tokens ? Tokens::kChecked : Tokens::kRefused);
  if (!fresh) {
    report.kept = control::words_of(fresh.error());
    spdlog::error("reload: settings kept as they were reason={}", for_log(report.kept));
    return;
  }
  report.certificates_changed = (*fresh)->tls_stamps != settings.get()->tls_stamps;
  for (std::string& key : control::changed_keys(root, loaded.root))
    if (!control::needs_restart(key)) report.changed.push_back(std::move(key));
  for (std::string& key : control::changed_keys(source.root, loaded.root))
    if (control::needs_restart(key)) report.needs_restart.push_back(std::move(key));
  root = std::move(loaded.root);
  put_in_force(std::move(*fresh));
}

void Server::State::put_in_force(SettingsPtr fresh) {
  patience->set(fresh->config.maildrop.lock_timeout);
  settings.set(std::move(fresh));
  for (Acceptor& acceptor : acceptors) acceptor.reconsider();
  look_for_lost_peers();
  upkeep.reconsider();
  scrub.reconsider();
  housekeeping.reconsider();
  alarms->reconsider();
}

Status Server::State::check_pools() const {
  for (const net::BlockingPool* pool : {&disk_pool, &hash_pool, &token_pool})
    RESTANTE_CHECKED(pool->started());
  return account_pools.started();
}

/// Starts all threads, or gives an error; stop() then ends the started ones.
Status Server::State::start() {
  for (net::Worker& worker : workers) RESTANTE_CHECKED(worker.start());
  RESTANTE_CHECKED(place->start(services.metrics.data_dir_lost));
  RESTANTE_CHECKED(upkeep.start());
  RESTANTE_CHECKED(scrub.start());
  RESTANTE_CHECKED(alarms->start());
  RESTANTE_CHECKED(history.start());
  if (newcomers) RESTANTE_CHECKED(newcomers->start());
  RESTANTE_CHECKED(housekeeping.start());
  return control->start();
}

void Server::State::stop() {
  const auto grace = settings.get()->config.limits.shutdown_grace;
  // Logins that wait for a lock are answered while the grace still lasts.
  patience->end_by(std::chrono::steady_clock::now() + grace / 2);
  control->stop();
  for (net::Worker& worker : workers) worker.stop(grace);
  place->stop();
  upkeep.stop();
  scrub.stop();
  alarms->stop();
  if (newcomers) newcomers->stop();
  // Sessions end before the pools: they wait for work that the pools do.
  for (net::Worker& worker : workers) worker.join();
  hash_pool.join();
  account_pools.join();
  disk_pool.join();
  token_pool.join();
  housekeeping.stop();
  history.stop();
  // An index that was not saved only makes the next start slower.
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
  // Before any file is made, which would belong to the wrong user.
  RESTANTE_CHECKED(check_secrets(config, config_path, user));
  RESTANTE_CHECKED(make_data_directory(config, installation, user));
  RESTANTE_TRY(auto outgoing, start_outgoing(config, user));
  RESTANTE_TRY(auto homes, Homes::load(config.route));
  RESTANTE_TRY(std::vector<OpenListener> listeners, open_listeners(config, threads, user));
  RESTANTE_TRY(control::Socket control_socket, control::open_socket(config.data_dir, user));
  // Keys that are configured may be root's alone; the self-signed one is the user's to make.
  const bool has_keys = !config.tls.certificates.empty();
  const Tokens checks = config.oauth.claims.issuer.empty() ? Tokens::kRefused : Tokens::kChecked;
  Result<SettingsPtr> settings = has_keys ? make_settings(config, checks) : SettingsPtr();
  if (!settings) return settings.error();
  static_cast<void>(own_process());  // It looks through what is closed to it afterwards.
  RESTANTE_TRY(const process::Sandbox sandbox, confine(config, config_path, user));
  // Inside the sandbox, as the server's user: a lock file of root's could not be opened later.
  RESTANTE_TRY(files::Descriptor lock, lock_data_directory(config.data_dir));
  RESTANTE_CHECKED(check_restored(config.data_dir));
  RESTANTE_TRY(auto place, begin_place(config, installation));
  if (!has_keys) settings = make_settings(config, checks);
  if (!settings) return settings.error();
  auto measures = make_measures();
  RESTANTE_TRY(auto directory, open_accounts(config, measures));
  for (const std::string& warning :
       name_warnings(*directory, config.data_dir, config.accounts.names.fold_local_part))
    spdlog::warn("{}", warning);
  auto patience = std::make_shared<LockPatience>(config.maildrop.lock_timeout);
  auto disk =
      std::make_unique<TimedDisk>(disk::posix_disk(), measures->syncs, measures->lock_waits);
  RESTANTE_TRY(auto store, open_store(config, patience, *place, *disk));
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
  state->alarms = std::make_unique<Alarms>(state->services, state->settings);
  state->services.alarms = state->alarms.get();
  RESTANTE_TRY(auto newcomers, Newcomers::open(state->services, config));
  state->newcomers = std::move(newcomers);
  state->services.newcomers = state->newcomers.get();
  state->disk = std::move(disk);
  state->measure(std::move(measures));
  state->count(sandbox);
  RESTANTE_TRY(auto tokens, open_tokens(config));
  state->tokens = std::move(tokens);
  state->services.tokens = state->tokens.get();
  // A slow directory is asked by the housekeeping, when all is running.
  if (!state->directory->is_slow()) state->housekeeping.look_for_postmaster();
  state->make_workers(threads);
  state->look_for_lost_peers();
  for (const std::string& warning : old_tls_warnings(config)) spdlog::warn("{}", warning);
  state->desk = std::make_unique<control::Desk>(state->services, state->settings,
                                                about(config, listeners, user),
                                                [raw = state.get()] { return raw->reload(); });
  state->control = std::make_unique<control::Control>(std::move(control_socket), *state->desk);
  for (OpenListener& listener : listeners) state->listen(std::move(listener));
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Status Server::run(Source source) {
  state_->root = source.root;
  state_->source = std::move(source);
  net::asio::io_context context(1);
  net::asio::signal_set signals(context, SIGTERM, SIGINT, SIGHUP);
  set_signals(SIG_UNBLOCK);  // Signals that came during the start are handled now.
  if (Status started = state_->start(); !started) {
    state_->stop();
    return started;
  }
  Watchdog watchdog(context, state_->workers, state_->supervisor);
  watchdog.watch(state_->disk_pool);
  std::function<void()> wait = [&] {
    signals.async_wait([&](const boost::system::error_code& failure, int signal) {
      if (failure || signal != SIGHUP) return watchdog.stop();
      static_cast<void>(state_->reload());
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
  set_signals(SIG_BLOCK);  // The rest waits for nothing, so it needs no signals.
  announcements().info("stopped");
  return ok();
}

}  // namespace restante::server
