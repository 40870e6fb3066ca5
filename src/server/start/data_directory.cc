#include "server/start/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cstring>

#include "disk/posix.h"
#include "files/errors.h"
#include "maildrop/backup.h"
#include "maildrop/store_place.h"
#include "process/file_modes.h"
#include "server/start/installation.h"

namespace restante::server {
namespace {}  // namespace

Status make_data_directory(const settings::Config& config, const std::string& installation,
                           const process::Identity& user) {
  const std::filesystem::path& directory = config.data_dir;
  // If it cannot be made, begin_installation() reports it.
  static_cast<void>(process::make_private_folder(InstallationPlaces(config).witness_dir, user));
  // The same holds for the journal's own folder: without it mail goes on.
  if (!config.journal.path.empty())
    static_cast<void>(process::make_private_folder(config.journal.path, user));
  if (!installation.empty()) return ok();
  const std::filesystem::path maildrops = maildrop::maildrops_folder(directory.string());
  std::error_code ignored;
  if (std::filesystem::exists(maildrops, ignored)) return ok();
  RESTANTE_CHECKED(process::make_private_folder(directory, user));
  // A start that finds the folder of maildrops takes the folder around it as durable, so that is
  // synced before.
  RESTANTE_CHECKED(disk::posix_disk().sync_directory(directory.parent_path()));
  return process::make_private_folder(maildrops, user);
}

Result<files::Descriptor> lock_data_directory(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "restanted.lock";
  files::Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.is_open()) return files::io_error(path);
  if (::flock(fd.number(), LOCK_EX | LOCK_NB) != 0)
    return Error(Errc::kBusy, "another restanted serves " + directory.string());
  return fd;
}

Status check_restored(const std::filesystem::path& directory) {
  std::error_code ignored;
  if (!std::filesystem::exists(directory / maildrop::kUnfinishedRestore, ignored)) return ok();
  return Error(Errc::kBusy, "a restore into " + directory.string() +
                                " was not finished: run restantectl restore again");
}

}  // namespace restante::server
