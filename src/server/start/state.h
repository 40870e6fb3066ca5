// What a running server is made of: its parts in the order in which they may go, and what it does
// with all of them at once. Included by the sources of Server alone.
#pragma once

#include <algorithm>
#include <list>
#include <mutex>
#include <thread>

#include "dial/notify.h"
#include "history/history.h"
#include "process/sandbox.h"
#include "server/alarm/alarms.h"
#include "server/common/back_ends.h"
#include "server/control/answer.h"
#include "server/control/control.h"
#include "server/copies/copies.h"
#include "server/delivery/quota_warnings.h"
#include "server/elsewhere/homes.h"
#include "server/measures/timed_disk.h"
#include "server/newcomers/newcomers.h"
#include "server/session/acceptor.h"
#include "server/start/listeners.h"
#include "server/start/opening.h"
#include "server/start/server.h"
#include "server/upkeep/history_keeper.h"
#include "server/upkeep/housekeeping.h"
#include "server/upkeep/scrub_check.h"
#include "server/upkeep/upkeep.h"

namespace restante::server {

// Deliveries and commits at work: as many fdatasyncs as a disk batches well.
inline constexpr std::size_t kDiskThreads = 64;
// These wait for an issuer, which oauth/paced_fetcher.h bounds, or verify a signature.
inline constexpr std::size_t kTokenThreads = 8;

inline std::size_t processors() { return std::max(1U, std::thread::hardware_concurrency()); }

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
    services.upkeep = &upkeep;
    history.obey([this] { return settings.get()->config.maildrop.undelete_window; });
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
  std::unique_ptr<Copies> copies;
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
  /// By what measures the store's disk, too.
  void measure(std::shared_ptr<Measures> measures);
  /// Gives the services what reaches other machines.
  Status connect(const settings::Config& config, std::unique_ptr<Outgoing> connector,
                 std::unique_ptr<Homes> far_homes, std::unique_ptr<CopyTargets> targets);
  [[nodiscard]] Status check_pools() const;
  /// Starts all threads, or gives an error; stop() then ends the started ones.
  Status start();
  void stop();

  /// Reads settings and accounts anew (reload.cc). From any thread.
  control::ReloadReport reload();
  void take(settings::LoadResult loaded, control::ReloadReport& report);
  void put_in_force(SettingsPtr fresh);
};

}  // namespace restante::server
