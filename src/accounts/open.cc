#include "accounts/open.h"

#include "accounts/passwd_file/directory.h"
#include "accounts/sqlite/admin.h"
#include "accounts/sqlite/directory.h"

namespace restante::accounts {

Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock) {
  switch (settings.backend) {
    case Backend::kSqlite: return sqlite::open_directory(settings.path);
    case Backend::kPasswdFile: return passwd_file::open_directory(settings, clock);
  }
  return Error(Errc::kState, "unknown accounts back end");
}

Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings,
                                                 const Clock& clock) {
  switch (settings.backend) {
    case Backend::kSqlite: return sqlite::open_admin(settings.path, settings.names, clock);
    case Backend::kPasswdFile: return passwd_file::open_admin(settings);
  }
  return Error(Errc::kState, "unknown accounts back end");
}

}  // namespace restante::accounts
