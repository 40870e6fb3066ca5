// Opens the accounts' back ends by their settings; the one place that knows which there are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "accounts/admin.h"
#include "accounts/directory.h"
#include "accounts/ldap/settings.h"
#include "accounts/names/names.h"
#include "accounts/outage.h"
#include "accounts/pam/settings.h"
#include "accounts/passwd_file/settings.h"
#include "accounts/postgresql/settings.h"
#include "base/clock.h"

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

struct BackendSettings {
  Backend backend = Backend::kSqlite;
  std::filesystem::path path;         ///< The database, or the passwd-file.
  std::filesystem::path aliases;      ///< passwd-file only; may be empty.
  pam::Settings pam;                  ///< Names and reporters are filled in when it is opened.
  ldap::Settings ldap;                ///< The same.
  postgresql::Settings postgresql;    ///< The same.
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

/// A database that is not there yet is made, mode 0600. `clock` is not owned and outlives it.
/// Errors: kIo, kCorrupt (not a database of ours, or of a newer version), kSyntax (a passwd-file
/// of which no line can be served: one line FILE:LINE: what each, in the detail).
Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock);
/// The same for the write side: of the first back end that is a database or a file of ours, else
/// one that says that the accounts are managed elsewhere; with what is set for all accounts.
Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings,
                                                 const Clock& clock);

}  // namespace restante::accounts
