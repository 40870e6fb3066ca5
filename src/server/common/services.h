// The parts that all sessions share: the store, the accounts, the pools, the counters; and the
// settings, which a reload replaces as a whole while sessions under way keep theirs.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "accounts/directory.h"
#include "accounts/login/authenticator.h"
#include "accounts/login/scram_keyring.h"
#include "accounts/router.h"
#include "accounts/token_verifier.h"
#include "base/clock.h"
#include "files/stamp.h"
#include "guard/gate.h"
#include "journal/journal.h"
#include "maildrop/store.h"
#include "net/blocking_pool.h"
#include "net/tls_stream.h"
#include "pop3/server_session.h"
#include "server/common/account_pools.h"
#include "server/common/login_delays.h"
#include "server/common/metrics.h"
#include "server/common/pop3_sessions.h"
#include "server/settings/config.h"
#include "server/settings/page_token.h"
#include "smtp/server_session.h"

namespace restante::autoconfig {
class Site;
}

namespace restante::server {

/// Immutable; made from a Config by make_settings().
struct Settings {
  settings::Config config;
  std::shared_ptr<const net::TlsContext> tls;  ///< Null when no listener wants TLS.
  /// The same for listeners with a least version of their own.
  std::map<TlsVersion, std::shared_ptr<const net::TlsContext>> tls_by_version{};
  net::TlsSettings tls_files{};            ///< The files that `tls` was loaded from.
  std::vector<files::Stamp> tls_stamps{};  ///< Of files_of(tls_files), from before they were read.
  pop3::ServerSettings pop3;
  smtp::ServerSettings smtp;
  smtp::ServerSettings lmtp;
  guard::Rules rules;  ///< `connections` is also bounded by the file descriptors.
  std::shared_ptr<const autoconfig::Site> autoconfig{};  ///< Null: there is none.
  settings::PageTokens page_tokens{};                    ///< Of the listeners that have one.

  [[nodiscard]] const std::shared_ptr<const net::TlsContext>& tls_of(
      const settings::Listen& listen) const {
    if (!listen.tls_min_version) return tls;
    const auto found = tls_by_version.find(*listen.tls_min_version);
    return found == tls_by_version.end() ? tls : found->second;
  }
};
using SettingsPtr = std::shared_ptr<const Settings>;

/// Whether tokens can be checked: settled at the start, and no reload changes it.
enum class Tokens : bool { kRefused, kChecked };

/// Errors: kIo, kSyntax (a certificate that cannot be used).
Result<SettingsPtr> make_settings(const settings::Config& config, Tokens tokens);

/// Reads the certificates that `settings.tls_files` names, for all listeners of its configuration.
/// Errors: kIo, kSyntax; nothing has changed then.
Status load_certificates(Settings& settings);

/// All files that the settings name.
std::vector<std::filesystem::path> files_of(const net::TlsSettings& settings);

class Alarms;
class Copies;
class Homes;
class MailWatcher;
struct Measures;
class Newcomers;
class Outgoing;
class QuotaWarnings;
class Upkeep;

/// As in measures/measures.h, which few have to know.
std::shared_ptr<Measures> make_measures();

/// None of it is owned; all of it outlives the workers and may be used by any of them.
struct Services {
  maildrop::Store& store;
  accounts::Directory& directory;
  accounts::Authenticator& authenticator;
  accounts::Router& router;
  net::BlockingPool& disk_pool;
  net::BlockingPool& hash_pool;  ///< Bounds how many slow password hashes run at once.
  AccountPools& account_pools;   ///< For a slow directory: its waits hold up nothing else.
  const Clock& clock;
  LoginDelays login_delays;
  Metrics metrics;
  Upkeep* upkeep = nullptr;                   ///< Told of deletions; null in tests.
  accounts::TokenVerifier* tokens = nullptr;  ///< Null: no login by token.
  net::BlockingPool* token_pool = nullptr;    ///< For asking about tokens: waits for an issuer.
  accounts::ScramKeyring* scram = nullptr;    ///< Null: no SCRAM.
  guard::Gate gate{};                         ///< Decides which clients come in, and how often.
  Pop3Sessions pop3_sessions{};               ///< The sessions that are logged in.
  journal::Journal* journal = nullptr;        ///< Null: none is kept.
  QuotaWarnings* quota_warnings = nullptr;    ///< Null: no warnings when a maildrop fills up.
  const Homes* homes = nullptr;               ///< Null in tests: everybody is here.
  Outgoing* outgoing = nullptr;               ///< Null: every account is here.
  Alarms* alarms = nullptr;                   ///< Null in tests.
  Newcomers* newcomers = nullptr;             ///< Null: no account comes over.
  Copies* copies = nullptr;                   ///< Null in tests.
  MailWatcher* mail_watcher = nullptr;        ///< Told of deliveries; null in tests.
  std::shared_ptr<Measures> measures = make_measures();  ///< Counters by labels; never null.
};

/// The present settings; swapped on SIGHUP.
class SettingsHolder {
 public:
  explicit SettingsHolder(SettingsPtr settings) : settings_(std::move(settings)) {}
  [[nodiscard]] SettingsPtr get() const {
    const std::lock_guard lock(mutex_);
    return settings_;
  }
  void set(SettingsPtr settings) {
    const std::lock_guard lock(mutex_);
    settings_ = std::move(settings);
  }

  /// The same, unless others than `expected` are in force by now; then false.
  bool replace(const SettingsPtr& expected, SettingsPtr settings) {
    const std::lock_guard lock(mutex_);
    if (settings_ != expected) return false;
    settings_ = std::move(settings);
    return true;
  }

 private:
  mutable std::mutex mutex_;
  SettingsPtr settings_;
};

}  // namespace restante::server
