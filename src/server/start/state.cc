#include "server/start/state.h"

#include "server/common/log.h"

namespace restante::server {
namespace {

std::string_view to_text(settings::TlsMode mode) {
  switch (mode) {
    case settings::TlsMode::kNone: return "none";
    case settings::TlsMode::kStarttls: return "starttls";
    case settings::TlsMode::kImplicit: return "implicit";
  }
  return "unknown";
}

}  // namespace

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

Status Server::State::connect(const settings::Config& config, std::unique_ptr<Outgoing> connector,
                              std::unique_ptr<Homes> far_homes,
                              std::unique_ptr<CopyTargets> targets) {
  outgoing = std::move(connector);
  homes = std::move(far_homes);
  services.homes = homes.get();
  services.outgoing = outgoing.get();
  alarms = std::make_unique<Alarms>(services, settings);
  services.alarms = alarms.get();
  RESTANTE_TRY(auto opened, Newcomers::open(services, config));
  newcomers = std::move(opened);
  services.newcomers = newcomers.get();
  RESTANTE_TRY(auto made, Copies::make(services, settings, std::move(targets)));
  copies = std::move(made);
  services.copies = copies.get();
  services.mail_watcher = copies.get();
  RESTANTE_TRY(auto verifier, open_tokens(config));
  tokens = std::move(verifier);
  services.tokens = tokens.get();
  return ok();
}

Status Server::State::check_pools() const {
  for (const net::BlockingPool* pool : {&disk_pool, &hash_pool, &token_pool})
    RESTANTE_CHECKED(pool->started());
  return account_pools.started();
}

Status Server::State::start() {
  for (net::Worker& worker : workers) RESTANTE_CHECKED(worker.start());
  RESTANTE_CHECKED(place->start(services.metrics.data_dir_lost));
  RESTANTE_CHECKED(upkeep.start());
  RESTANTE_CHECKED(scrub.start());
  RESTANTE_CHECKED(alarms->start());
  RESTANTE_CHECKED(history.start());
  if (newcomers) RESTANTE_CHECKED(newcomers->start());
  RESTANTE_CHECKED(copies->start());
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
  copies->stop();
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

}  // namespace restante::server
