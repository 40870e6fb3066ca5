#include "server/start/server.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "disk/posix.h"
#include "server/common/log.h"
#include "server/measures/own_process.h"
#include "server/start/confinement.h"
#include "server/start/data_directory.h"
#include "server/start/installation.h"
#include "server/start/name_checks.h"
#include "server/start/state.h"
#include "server/start/watchdog.h"

namespace restante::server {
namespace {

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

/// What is opened with the rights of the start, before the sandbox.
struct Entered {
  net::Supervisor supervisor;
  process::Identity user;
  std::string installation;
  std::unique_ptr<Outgoing> outgoing;
  std::unique_ptr<Homes> homes;
  std::unique_ptr<CopyTargets> copy_targets;
  std::vector<OpenListener> listeners;
  control::Socket control_socket;
  SettingsPtr settings;  ///< Null: the self-signed key is the user's to make.
  process::Sandbox sandbox;
};

Tokens checks_of(const settings::Config& config) {
  return config.oauth.claims.issuer.empty() ? Tokens::kRefused : Tokens::kChecked;
}

std::size_t threads_of(const settings::Config& config) {
  return config.server.threads == 0 ? processors() : config.server.threads;
}

Result<Entered> enter_sandbox(const settings::Config& config,
                              const std::filesystem::path& config_path) {
  net::Supervisor supervisor;
  RESTANTE_TRY(process::Identity user, server_identity(config));
  RESTANTE_TRY(std::string installation, find_installation(InstallationPlaces(config)));
  // Before any file is made, which would belong to the wrong user.
  RESTANTE_CHECKED(check_secrets(config, config_path, user));
  RESTANTE_CHECKED(make_data_directory(config, installation, user));
  RESTANTE_TRY(auto outgoing, start_outgoing(config, user));
  RESTANTE_TRY(auto homes, Homes::load(config.route));
  RESTANTE_TRY(auto copy_targets, CopyTargets::load(config.copies));
  RESTANTE_TRY(auto listeners, open_listeners(config, threads_of(config), user));
  RESTANTE_TRY(control::Socket control_socket, control::open_socket(config.data_dir, user));
  // Keys that are configured may be root's alone.
  const bool has_keys = !config.tls.certificates.empty();
  Result<SettingsPtr> settings =
      has_keys ? make_settings(config, checks_of(config)) : SettingsPtr();
  if (!settings) return settings.error();
  static_cast<void>(own_process());  // It looks through what is closed to it afterwards.
  RESTANTE_TRY(process::Sandbox sandbox, confine(config, config_path, user));
  return Entered{std::move(supervisor), std::move(user),           std::move(installation),
                 std::move(outgoing),   std::move(homes),          std::move(copy_targets),
                 std::move(listeners),  std::move(control_socket), std::move(*settings),
                 std::move(sandbox)};
}

void warn_of_names(const settings::Config& config, accounts::Directory& directory) {
  for (const std::string& warning :
       name_warnings(directory, config.data_dir, config.accounts.names.fold_local_part))
    spdlog::warn("{}", warning);
}

}  // namespace

void hold_signals() { set_signals(SIG_BLOCK); }

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(const settings::Config& config,
                                             const std::filesystem::path& config_path) {
  RESTANTE_TRY(Entered entered, enter_sandbox(config, config_path));
  // Inside the sandbox, as the server's user: a lock file of root's could not be opened later.
  RESTANTE_TRY(files::Descriptor lock, lock_data_directory(config.data_dir));
  RESTANTE_CHECKED(check_restored(config.data_dir));
  RESTANTE_TRY(auto place, begin_place(config, entered.installation));
  Result<SettingsPtr> settings = entered.settings;
  if (!*settings) settings = make_settings(config, checks_of(config));
  if (!settings) return settings.error();
  auto measures = make_measures();
  RESTANTE_TRY(auto directory, open_accounts(config, measures));
  warn_of_names(config, *directory);
  auto patience = std::make_shared<LockPatience>(config.maildrop.lock_timeout);
  auto disk =
      std::make_unique<TimedDisk>(disk::posix_disk(), measures->syncs, measures->lock_waits);
  RESTANTE_TRY(auto store, open_store(config, patience, *place, *disk));
  RESTANTE_TRY(auto salt_key, accounts::ensure_salt_key(config.data_dir / "scram-salts.key"));
  auto state = std::make_unique<State>(std::move(lock), std::move(place), std::move(directory),
                                       std::move(store), std::move(*settings), std::move(salt_key));
  RESTANTE_CHECKED(state->check_pools());
  state->supervisor = std::move(entered.supervisor);
  state->patience = std::move(patience);
  state->disk = std::move(disk);
  state->measure(std::move(measures));
  state->count(entered.sandbox);
  RESTANTE_CHECKED(state->connect(config, std::move(entered.outgoing), std::move(entered.homes),
                                  std::move(entered.copy_targets)));
  // A slow directory is asked by the housekeeping, when all is running.
  if (!state->directory->is_slow()) state->housekeeping.look_for_postmaster();
  state->make_workers(threads_of(config));
  state->look_for_lost_peers();
  for (const std::string& warning : old_tls_warnings(config)) spdlog::warn("{}", warning);
  state->desk = std::make_unique<control::Desk>(state->services, state->settings,
                                                about(config, entered.listeners, entered.user),
                                                [raw = state.get()] { return raw->reload(); });
  state->control =
      std::make_unique<control::Control>(std::move(entered.control_socket), *state->desk);
  for (OpenListener& listener : entered.listeners) state->listen(std::move(listener));
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
