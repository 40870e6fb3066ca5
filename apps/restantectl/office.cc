#include "restantectl/office.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "config/accounts_rules.h"
#include "disk/posix.h"
#include "maildrop/log/file_names.h"
#include "server/back_ends.h"

namespace restante::ctl {
namespace {

std::string user_name(uid_t user) {
  const passwd* const entry = ::getpwuid(user);
  return entry != nullptr ? entry->pw_name : "user " + std::to_string(user);
}

/// Root acts as the owner of the data.
bool become(uid_t user, gid_t group) {
  const passwd* const entry = ::getpwuid(user);
  const bool groups_set =
      entry != nullptr ? ::initgroups(entry->pw_name, group) == 0 : ::setgroups(0, nullptr) == 0;
  return groups_set && ::setresgid(group, group, group) == 0 && ::setresuid(user, user, user) == 0;
}

bool may_use(const std::filesystem::path& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 || errno != EACCES;
}

}  // namespace

accounts::NameRules Office::names() const { return server::name_rules(config_); }

accounts::RouterSettings Office::router_settings() const {
  return server::router_settings(config_);
}

Exit Office::enter() {
  const std::string& folder = config_.data_dir.native();
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    const Exit code = errno == EACCES ? Exit::kPermission : Exit::kExists;
    return fail(code, "cannot make data_dir " + folder + ": " + std::strerror(errno));
  }
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0)
    return fail(errno == EACCES ? Exit::kPermission : Exit::kIo,
                "data_dir " + folder + ": " + std::strerror(errno));
  if (::geteuid() == 0 && found.st_uid != 0 && !become(found.st_uid, found.st_gid))
    return fail(Exit::kPermission, "cannot become " + user_name(found.st_uid) +
                                       ", who owns data_dir: " + std::strerror(errno));
  const config::AccountsSource* const local = config::local_source(config_.accounts);
  const bool sqlite = local != nullptr && local->backend == config::AccountsBackend::kSqlite;
  const bool allowed = may_use(config_.data_dir, R_OK | W_OK | X_OK) &&
                       (local == nullptr || may_use(local->path, sqlite ? R_OK | W_OK : R_OK));
  if (!allowed)
    return fail(Exit::kPermission, "no permission for " + folder + "; run this as " +
                                       (found.st_uid == 0 ? "" : "root or as ") +
                                       user_name(found.st_uid));
  return Exit::kOk;
}

Result<accounts::AccountAdmin*> Office::admin() {
  if (!admin_) {
    RESTANTE_TRY(auto opened,
                 accounts::open_admin(server::backend_settings(config_), system_clock()));
    admin_ = std::move(opened);
  }
  return admin_.get();
}

Result<accounts::Directory*> Office::directory() {
  if (!directory_) {
    RESTANTE_TRY(auto opened,
                 accounts::open_directory(server::backend_settings(config_), system_clock()));
    directory_ = std::move(opened);
  }
  return directory_.get();
}

Result<maildrop::Store*> Office::store() {
  if (!store_) {
    maildrop::log::LogStoreSettings settings = server::store_settings(config_);
    settings.report = [](const maildrop::log::Damage& damage) {
      static_cast<void>(fail(Exit::kIo, "damage in the maildrop of " + damage.account +
                                            " at offset " + std::to_string(damage.offset) + ": " +
                                            damage.what));
    };
    RESTANTE_TRY(auto opened, maildrop::open_log_store(disk::posix_disk(), std::move(settings)));
    store_ = std::move(opened);
  }
  return store_.get();
}

std::string Office::maildrop_place(const std::string& account) const {
  return maildrop::log::log_paths(config_.data_dir.string(), account).log;
}

}  // namespace restante::ctl
