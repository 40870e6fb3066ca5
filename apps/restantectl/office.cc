#include "restantectl/office.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "accounts/chain/settings.h"
#include "accounts/login/login_name.h"
#include "accounts/names/spelling.h"
#include "disk/posix.h"
#include "files/errors.h"
#include "maildrop/doors/open.h"
#include "process/file_modes.h"
#include "server/common/back_ends.h"
#include "server/start/installation.h"

namespace restante::ctl {
namespace {

bool may_use(const std::filesystem::path& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 || errno != EACCES;
}

/// Made for the server's user when root makes it.
Status make_data_directory(const settings::Config& config) {
  process::Identity owner = process::own_identity();
  if (!config.server.user.empty() && owner.user == 0) {
    RESTANTE_TRY(process::Identity named,
                 process::find_identity(config.server.user, config.server.group));
    owner = std::move(named);
  }
  return process::make_private_folder(config.data_dir, owner);
}

}  // namespace

accounts::NameRules Office::names() const { return config_.accounts.names; }

accounts::RouterSettings Office::router_settings() const {
  return server::router_settings(config_);
}

Exit Office::enter(bool is_to_come, process::Keeps keeps) {
  const std::string& folder = config_.data_dir.native();
  const server::InstallationPlaces places(config_);
  auto installation = server::find_installation(places);
  if (!installation && installation.error().code == Errc::kBusy && !is_to_come)
    return fail(Exit::kTemporary, installation.error().detail);
  if (const Status made = make_data_directory(config_); !made)
    return fail(errno == EACCES ? Exit::kPermission : Exit::kExists,
                "cannot make data_dir " + made.error().detail);
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0)
    return fail(errno == EACCES ? Exit::kPermission : Exit::kIo,
                "data_dir " + folder + ": " + files::reason_of(errno));
  const process::Identity owner = process::identity_of(found.st_uid, found.st_gid);
  // The owner's rights from here on: files that root made could not be opened by the server.
  if (::geteuid() == 0 && owner.user != 0)
    if (const Status became = process::become(owner, keeps); !became)
      return fail(Exit::kPermission, became.error().detail + " (the owner of data_dir)");
  // Root may not read everything: over NFS it is mapped to the user `nobody`.
  if (!installation) installation = server::find_installation(places);
  const process::FileRule closed("data_dir", config_.data_dir, 07U, process::Owner::kAny);
  if (const Status checked = process::check_file(closed, owner); !checked)
    return fail(Exit::kPermission, checked.error().detail);
  const accounts::BackendSettings* const local = accounts::local_back_end(config_.accounts);
  const bool sqlite = local != nullptr && local->backend == accounts::Backend::kSqlite;
  const bool allowed = may_use(config_.data_dir, R_OK | W_OK | X_OK) &&
                       (local == nullptr || may_use(local->path, sqlite ? R_OK | W_OK : R_OK));
  if (!allowed)
    return fail(Exit::kPermission, "no permission for " + folder + "; run this as " +
                                       (owner.user == 0 ? "" : "root or as ") + owner.name);
  if (const Status there = check_place(installation ? *installation : ""); !there && !is_to_come)
    return fail(Exit::kTemporary, there.error().detail);
  entered_ = true;
  return Exit::kOk;
}

/// The server makes the marks. A data_dir without marks is taken as it is.
Status Office::check_place(const std::string& installation) {
  if (installation.empty()) return ok();
  place_ = std::make_unique<server::PlaceWatch>(config_.data_dir, installation);
  return server::check_installation(config_.data_dir, installation);
}

void Office::make_folder_for_owner(const std::string& folder) const {
  struct stat data {};
  if (::geteuid() != 0 || ::stat(config_.data_dir.c_str(), &data) != 0) return;
  if (::mkdir(folder.c_str(), 0700) != 0) return;
  if (::chown(folder.c_str(), data.st_uid, data.st_gid) != 0) ::rmdir(folder.c_str());
}

Result<accounts::AccountAdmin*> Office::admin() {
  if (!admin_) {
    RESTANTE_TRY(auto opened, accounts::open_admin(config_.accounts, system_clock()));
    admin_ = std::move(opened);
  }
  return admin_.get();
}

Result<accounts::Directory*> Office::directory() {
  if (!directory_) {
    RESTANTE_TRY(auto opened, accounts::open_directory(config_.accounts, system_clock()));
    directory_ = std::move(opened);
  }
  return directory_.get();
}

Result<maildrop::Store*> Office::store() {
  if (!store_) {
    maildrop::StoreSettings settings = server::store_settings(config_);
    settings.report = [](const maildrop::Damage& damage) {
      static_cast<void>(fail(Exit::kIo, "damage in the maildrop of " + damage.account +
                                            " at offset " + std::to_string(damage.offset) + ": " +
                                            damage.what));
    };
    settings.place = place_.get();
    RESTANTE_TRY(auto opened, maildrop::open_store(disk::posix_disk(), std::move(settings)));
    store_ = std::move(opened);
  }
  return store_.get();
}

Result<std::string> Office::maildrop_name(std::string_view typed) {
  RESTANTE_TRY(std::string name, accounts::canonical_name(typed, names()));
  if (has_maildrop(name)) {
    // Only accounts of a database can be renamed.
    if (accounts::database_back_end(config_.accounts) == nullptr) return name;
    // The mail may be of an account that is gone, and the name of one that was renamed.
    const auto own = admin();
    if (!own) return name;
    const auto entry = (*own)->show(name);
    return entry && entry->name == name ? entry->maildrop : name;
  }
  RESTANTE_TRY(auto* const accounts, directory());
  if (const auto account = accounts::find_any_spelling(*accounts, name)) return account->name;
  // A removed account leaves its maildrop, and no back end knows its spelling any more.
  for (const std::string& other : accounts::other_spellings(name, names().fold_local_part))
    if (has_maildrop(other)) return other;
  return name;
}

Result<std::string> Office::account_name(std::string_view typed) {
  RESTANTE_TRY(std::string name, accounts::canonical_name(typed, names()));
  RESTANTE_TRY(auto* const accounts, admin());
  if (const auto entry = accounts->show(name)) return entry->name;
  return name;
}

std::string Office::new_name(const std::string& typed) {
  std::string tidy = accounts::tidy_spelling(typed, names().fold_local_part);
  return tidy != typed && has_maildrop(typed) ? typed : tidy;
}

Result<maildrop::StoredMaildrop> Office::stored(const std::string& account) {
  RESTANTE_TRY(auto* const opened, store());
  return opened->stored(account);
}

/// False also when it cannot be told.
bool Office::has_maildrop(const std::string& account) {
  const auto found = stored(account);
  return found && found->exists;
}

}  // namespace restante::ctl
