#include "maildrop/log/check/check_places.h"

#include <algorithm>

#include "base/ascii.h"
#include "maildrop/log/file/account_list.h"
#include "maildrop/store_place.h"

namespace restante::maildrop::log {
namespace {

constexpr std::string_view kSuffix = ".log";

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

Result<std::vector<std::string>> list_logs(disk::Disk& disk, const std::string& root) {
  std::vector<std::string> logs;
  RESTANTE_TRY(const auto folders, names_or_none(disk, maildrops_folder(root)));
  for (const std::string& folder : folders) {
    // lost+found, say, or what an operator has put beside.
    if (folder.size() != 2 || !is_hex(folder[0]) || !is_hex(folder[1])) continue;
    const std::string place = "maildrops/" + folder;
    RESTANTE_TRY(const auto names, names_or_none(disk, root + '/' + place));
    for (const std::string& name : names)
      if (name.ends_with(kSuffix)) logs.push_back(place + '/' + name);
  }
  return logs;
}

std::optional<WallTime> last_written_log(disk::Disk& disk, const std::string& root) {
  const auto logs = list_logs(disk, root);
  if (!logs) return std::nullopt;
  std::optional<WallTime> last;
  for (const std::string& log : *logs) {
    const auto file = disk.open(root + '/' + log, disk::OpenMode::kRead);
    const auto status = file ? (*file)->status() : Result<disk::FileStatus>(file.error());
    // One that cannot be read says nothing of the time: the others do.
    if (status) last = std::max(last.value_or(WallTime::min()), status->modified);
  }
  return last;
}

StoredMaildrop stored_log(disk::Disk& disk, const std::string& root, std::string name) {
  StoredMaildrop stored;
  stored.where = root + '/' + name;
  stored.name = std::move(name);
  const auto file = disk.open(stored.where, disk::OpenMode::kRead);
  stored.exists = file || file.error().code != Errc::kNotFound;
  const auto status = file ? (*file)->status() : Result<disk::FileStatus>(file.error());
  if (status) stored.bytes = status->size;
  return stored;
}

LogPaths paths_beside(const std::string& path) {
  const std::string base = path.substr(0, path.size() - kSuffix.size());
  LogPaths paths;
  paths.directory = parent_directory(path);
  paths.maildrops = parent_directory(paths.directory);
  paths.log = path;
  paths.index = base + ".idx";
  paths.index_new = base + ".idx.new";
  paths.aside = base + ".aside";
  return paths;
}

}  // namespace restante::maildrop::log
