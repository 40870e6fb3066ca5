#include "accounts/chain/open.h"

#include "accounts/chain/check.h"
#include "accounts/chain/directory.h"
#include "accounts/chain/elsewhere_admin.h"
#include "accounts/ldap/directory.h"
#include "accounts/pam/directory.h"
#include "accounts/passwd_file/directory.h"
#include "accounts/postgresql/directory.h"
#include "accounts/sqlite/admin.h"
#include "accounts/sqlite/directory.h"

namespace restante::accounts {
namespace {

/// One back end, with what holds for all of them taken from the first.
passwd_file::Settings files_of(const BackendSettings& settings) {
  return {settings.path, settings.aliases, settings.names, settings.report, settings.read};
}

Result<std::unique_ptr<Directory>> open_one(BackendSettings settings, const BackendSettings& first,
                                            const Clock& clock) {
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

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
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

Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings,
                                                 const Clock& clock) {
  std::string places = name_of(settings);
  RESTANTE_TRY(auto admin, open_own_admin(settings, settings, clock));
  for (const BackendSettings& next : settings.next) {
    if (admin) break;
    places += ", " + name_of(next);
    RESTANTE_TRY(auto own, open_own_admin(next, settings, clock));
    admin = std::move(own);
  }
  if (admin) return std::move(admin);
  return make_elsewhere_admin(std::move(places));
}

}  // namespace restante::accounts
