#include "restantectl/backup/backup_places.h"

#include <algorithm>
#include <fstream>

#include "disk/posix.h"
#include "maildrop/doors/backups.h"
#include "server/alarm/last_backup.h"

namespace restante::ctl {
namespace {

std::filesystem::path file_in(const std::filesystem::path& data_dir) {
  return server::backup_folders_file(data_dir);
}

}  // namespace

std::vector<std::string> noted_backups(const std::filesystem::path& data_dir) {
  std::vector<std::string> folders;
  std::ifstream file(file_in(data_dir));
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && std::find(folders.begin(), folders.end(), line) == folders.end())
      folders.push_back(line);
  return folders;
}

Status note_backup(const std::filesystem::path& data_dir, const std::filesystem::path& folder) {
  const std::string path = std::filesystem::absolute(folder).lexically_normal().string();
  if (path.find('\n') != std::string::npos) return ok();
  const auto noted = noted_backups(data_dir);
  // Each folder once: a nightly backup would make the file grow for ever.
  if (std::find(noted.begin(), noted.end(), path) != noted.end()) return ok();
  std::ofstream file(file_in(data_dir), std::ios::app);
  file << path + "\n" << std::flush;
  if (!file) return Error(Errc::kIo, file_in(data_dir).string() + ": cannot be written");
  return ok();
}

bool may_hold(const std::string& folder, const maildrop::StoredMaildrop& maildrop) {
  const auto found = maildrop::find_in_backup(disk::posix_disk(), folder, maildrop);
  // A folder that is not mounted, or a backup that is not finished, may hold it.
  return !found || found->has_value();
}

}  // namespace restante::ctl
