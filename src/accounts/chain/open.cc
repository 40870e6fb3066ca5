#include "accounts/chain/open.h"

#include "accounts/chain/check.h"
#include "accounts/chain/directory.h"
#include "accounts/chain/elsewhere_admin.h"
#include "accounts/ldap/directory.h"
#include "accounts/own/admin.h"
#include "accounts/own/directory.h"
#include "accounts/pam/directory.h"
#include "accounts/passwd_file/directory.h"
#include "accounts/postgresql/directory.h"
#include "accounts/postgresql/settings_store.h"
#include "accounts/sqlite/admin.h"
#include "accounts/sqlite/directory.h"
#include "accounts/sqlite/settings_reader.h"
#include "accounts/sqlite/settings_table.h"

namespace restante::accounts {
namespace {

/// One back end, with what holds for all of them taken from the first.
passwd_file::Settings files_of(const BackendSettings& settings) {
  return {settings.path, settings.aliases, settings.names, settings.report, settings.read};
}

Result<std::unique_ptr<Directory>> open_one(BackendSettings settings, const BackendSettings& first,
                                            const Clock& clock) {
  // One set of rules for names: an account must not be another one for each back end.
  settings.names = first.names;
  settings.report = first.report;
  settings.read = first.read;
  switch (settings.backend) {
    case Backend::kSqlite: return sqlite::open_directory(settings.path, settings.names);
    case Backend::kPasswdFile: return passwd_file::open_directory(files_of(settings), clock);
    case Backend::kPam:
      settings.pam.names = first.names;
      settings.pam.report = first.report;
      settings.pam.in_processes = first.many_ask;
      return pam::open_directory(std::move(settings.pam));
    case Backend::kLdap:
      settings.ldap.names = first.names;
      settings.ldap.tell = first.tell;
      return ldap::open_directory(std::move(settings.ldap));
    case Backend::kPostgresql:
      settings.postgresql.names = first.names;
      settings.postgresql.tell = first.tell;
      return postgresql::open_directory(std::move(settings.postgresql));
  }
  return Error(Errc::kState, "unknown accounts back end");
}

/// Null: not this one's.
Result<std::unique_ptr<AccountAdmin>> open_own_admin(BackendSettings settings,
                                                     const BackendSettings& first,
                                                     const Clock& clock) {
  settings.names = first.names;
  if (settings.backend == Backend::kSqlite)
    return sqlite::open_admin(settings.path, settings.names, clock);
  if (settings.backend == Backend::kPasswdFile) return passwd_file::open_admin(files_of(settings));
  return std::unique_ptr<AccountAdmin>();
}

postgresql::Settings postgresql_of(const BackendSettings& settings) {
  postgresql::Settings out = settings.own.postgresql;
  out.tell = settings.tell;
  return out;
}

/// Null: nothing is set.
Result<std::unique_ptr<SettingsReader>> open_settings_reader(const BackendSettings& settings) {
  switch (settings.own.kind) {
    case SettingsPlace::Kind::kSqlite: return sqlite::open_settings_reader(settings.own.path);
    case SettingsPlace::Kind::kPostgresql:
      return postgresql::open_settings_reader(postgresql_of(settings));
    case SettingsPlace::Kind::kNone: break;
  }
  return std::unique_ptr<SettingsReader>();
}

/// The same.
Result<std::unique_ptr<SettingsWriter>> open_settings_writer(const BackendSettings& settings) {
  switch (settings.own.kind) {
    case SettingsPlace::Kind::kSqlite: return sqlite::open_settings_writer(settings.own.path);
    case SettingsPlace::Kind::kPostgresql:
      return postgresql::open_settings_writer(postgresql_of(settings));
    case SettingsPlace::Kind::kNone: break;
  }
  return std::unique_ptr<SettingsWriter>();
}

/// accounts.db alone has its accounts' settings in its own tables.
bool is_database_alone(const BackendSettings& settings) {
  return settings.backend == Backend::kSqlite && settings.next.empty();
}

Result<std::unique_ptr<Directory>> open_back_ends(const BackendSettings& settings,
                                                  const Clock& clock) {
  RESTANTE_TRY(auto first, open_one(settings, settings, clock));
  if (settings.next.empty()) return std::move(first);
  std::vector<std::unique_ptr<Directory>> directories;
  directories.push_back(std::move(first));
  for (const BackendSettings& next : settings.next) {
    RESTANTE_TRY(auto opened, open_one(next, settings, clock));
    directories.push_back(std::move(opened));
  }
  return chain::make_directory(std::move(directories));
}

struct OpenedAdmin {
  std::unique_ptr<AccountAdmin> admin;
  bool is_database = false;
};

Result<OpenedAdmin> open_back_end_admin(const BackendSettings& settings, const Clock& clock) {
  std::string places = name_of(settings);
  RESTANTE_TRY(auto admin, open_own_admin(settings, settings, clock));
  // The first that can be written to; the others are managed by their own tools.
  if (admin) return OpenedAdmin{std::move(admin), settings.backend == Backend::kSqlite};
  for (const BackendSettings& next : settings.next) {
    places += ", " + name_of(next);
    RESTANTE_TRY(auto own, open_own_admin(next, settings, clock));
    if (own) return OpenedAdmin{std::move(own), next.backend == Backend::kSqlite};
  }
  return OpenedAdmin{make_elsewhere_admin(std::move(places))};
}

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock) {
  RESTANTE_TRY(auto back_ends, open_back_ends(settings, clock));
  // Its own tables are the settings: a second place would be a second truth.
  if (is_database_alone(settings)) return std::move(back_ends);
  RESTANTE_TRY(auto reader, open_settings_reader(settings));
  if (reader == nullptr) return std::move(back_ends);
  return own::make_directory(std::move(back_ends), std::move(reader));
}

Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings,
                                                 const Clock& clock) {
  RESTANTE_TRY(OpenedAdmin opened, open_back_end_admin(settings, clock));
  if (is_database_alone(settings)) return std::move(opened.admin);
  RESTANTE_TRY(auto writer, open_settings_writer(settings));
  if (writer == nullptr) return std::move(opened.admin);
  // A writer without a directory could not tell which accounts there are.
  RESTANTE_TRY(auto directory, open_directory(settings, clock));
  own::Parts parts;
  parts.directory = std::move(directory);
  parts.back_end = std::move(opened.admin);
  parts.settings = std::move(writer);
  parts.is_database = opened.is_database;
  parts.names = settings.names;
  return own::make_admin(std::move(parts), clock);
}

}  // namespace restante::accounts
