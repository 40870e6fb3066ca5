// The settings of the accounts: of each back end, the list of which is here, and of the addresses
// that lead to them.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/ldap/settings.h"
#include "accounts/names/names.h"
#include "accounts/outage.h"
#include "accounts/pam/settings.h"
#include "accounts/passwd_file/settings.h"
#include "accounts/postgresql/settings.h"
#include "config/document.h"
#include "config/keys_fwd.h"
#include "config/mistakes.h"

namespace restante::accounts {

enum class Backend : std::uint8_t { kSqlite, kPasswdFile, kPam, kLdap, kPostgresql };

/// Where what is set for accounts is kept that are not in accounts.db.
struct SettingsPlace {
  enum class Kind : std::uint8_t {
    kNone,  ///< Nothing is set: what the back ends say holds.
    kSqlite,
    kPostgresql
  };

  Kind kind = Kind::kNone;
  std::filesystem::path path;       ///< Of accounts.db.
  postgresql::Settings postgresql;  ///< Its connection, time-out and number of connections count.
};

/// What a device's password opens unless it is said when it is made.
enum class DeviceViews : std::uint8_t { kShared, kOwn };

struct BackendSettings {
  Backend backend = Backend::kSqlite;
  std::filesystem::path path;       ///< The database (accounts.db in data_dir), or the passwd-file.
  std::filesystem::path aliases;    ///< passwd-file only; may be empty.
  pam::Settings pam;                ///< Names and reporters are filled in when it is opened.
  ldap::Settings ldap;              ///< The same.
  postgresql::Settings postgresql;  ///< The same.
  std::vector<BackendSettings> next;  ///< Asked in order for who is not in this one.
  SettingsPlace own;                  ///< Of the first; it holds for all of them.
  NameRules names;
  /// A server's: as many questions at once as the back ends take. What that needs is made when they
  /// are opened, before there are threads.
  bool many_ask = false;
  /// Told of a passwd-file that cannot be read, so that the old accounts stay in force, from
  /// whichever thread noticed; may be empty.
  std::function<void(const Error&)> report;
  /// Told of each passwd-file or aliases file that was read, at the start and anew; may be empty.
  std::function<void(const FileNews&)> read;
  /// Told when a back end over the network goes down and when it is back; may be empty.
  TellOutage tell;
};

/// [accounts]: the first back end, and what holds for all.
struct Settings : BackendSettings {
  std::chrono::seconds cache_time{300};  ///< What a slow back end said of a password holds so long.
  std::string postmaster;                ///< The account that gets postmaster@…; may be empty.
  std::string subaddress_separator = "+";
  SeveralAddresses several_addresses = SeveralAddresses::kOne;  ///< An account may have its own.
  DeviceViews device_views = DeviceViews::kShared;
  std::string archive_account;     ///< Gets every accepted mail, before all others; may be empty.
  std::uint64_t archive_logs = 1;  ///< Accounts that it is spread over.
};

const config::Keys<Settings>& keys();

/// What takes more than one key of the accounts to judge: the keys that go with a back end, and
/// those that it needs. Completes `accounts`, which was read from `root`'s table of that name.
/// Reads no file.
void apply_rules(const config::Node& root, const std::filesystem::path& data_dir,
                 Settings& accounts, config::Mistakes& mistakes);

/// The first back end that restantectl manages or backs up (a database or a file of ours); null
/// when all accounts are elsewhere.
const BackendSettings* local_back_end(const BackendSettings& first);
/// The first back end with a database of ours; null when there is none.
const BackendSettings* database_back_end(const BackendSettings& first);

}  // namespace restante::accounts
