#include "maildrop/log/backup/folder.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "disk/text_file.h"
#include "maildrop/log/format/file_names.h"

namespace restante::backup {
namespace {

using disk::OpenMode;

constexpr const char* kManifestName = "MANIFEST";
constexpr const char* kNewManifestName = "MANIFEST.new";
constexpr const char* kLockName = "backup.lock";
constexpr std::uint64_t kManifestBytesMax = 4ULL << 30;
constexpr int kFoldersDeep = 2;  // maildrops/NN.

/// "x.log.12": what a backup has written, and nothing else.
bool is_stored_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return false;
  return std::ranges::all_of(name.substr(dot + 1), is_digit);
}

}  // namespace

Status Folder::lock() {
  const Status made = disk_.create_directory(path_);
  if (!made && made.error().code != Errc::kExists) return made;
  // Else a power loss could take the whole folder with a backup that was reported as done.
  if (made) RESTANTE_CHECKED(disk_.sync_directory(maildrop::log::parent_directory(path_)));
  RESTANTE_TRY(const auto names, disk_.list(path_));
  // clean() removes files here: a folder with other things in it must never become one of ours.
  if (!names.empty() && std::ranges::find(names, kLockName) == names.end())
    return Error(Errc::kExists, "not empty, and no backup: " + path_);
  auto opened = disk_.open(path_of(kLockName), OpenMode::kCreate);
  if (!opened) return std::move(opened).error();
  lock_ = std::move(*opened);
  const Status locked = lock_->try_lock(0, 1);
  if (!locked && locked.error().code == Errc::kBusy)
    return Error(Errc::kBusy, "a backup is being written to " + path_);
  return locked;
}

Result<std::optional<Manifest>> Folder::manifest() {
  const auto text = read_text(disk_, path_of(kManifestName), kManifestBytesMax);
  if (!text && text.error().code == Errc::kNotFound) return std::optional<Manifest>();
  if (!text) return text.error();
  auto manifest = decode_manifest(*text);
  if (!manifest)
    return Error(manifest.error().code, manifest.error().detail + " in " + path_of(kManifestName));
  return std::optional<Manifest>(std::move(*manifest));
}

Status Folder::publish(const Manifest& manifest) {
  const std::string text = encode(manifest);
  {
    RESTANTE_TRY(const auto file, disk_.open(path_of(kNewManifestName), OpenMode::kReplace));
    const std::array<ByteView, 1> pieces = {as_bytes(text)};
    RESTANTE_CHECKED(file->write(0, pieces));
    // Before the rename, since some file systems write the name earlier than the content.
    RESTANTE_CHECKED(file->sync());
  }
  RESTANTE_CHECKED(disk_.rename(path_of(kNewManifestName), path_of(kManifestName)));
  return disk_.sync_directory(path_);
}

Status Folder::make_way(const std::string& name) {
  const std::lock_guard guard(mutex_);
  for (std::size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    const std::string folder = path_of(name.substr(0, slash));
    if (used_.contains(folder)) continue;
    const Status made = disk_.create_directory(folder);
    if (!made && made.error().code != Errc::kExists) return made;
    used_.insert(folder);
  }
  return ok();
}

Status Folder::sync_directories() {
  for (const std::string& folder : used_) RESTANTE_CHECKED(disk_.sync_directory(folder));
  return disk_.sync_directory(path_);
}

void Folder::clean(const Manifest& manifest) {
  std::set<std::string> kept;
  for (const FileEntry& file : manifest.files) kept.insert(path_of(file.stored));
  for (const std::string name : {"maildrops", "accounts", "config"})
    clean_directory(path_of(name), kept, kFoldersDeep);
}

void Folder::clean_directory(const std::string& path, const std::set<std::string>& kept,
                             int depth) {
  const auto names = disk_.list(path);
  if (!names) return;
  for (const std::string& name : *names) {
    const std::string below = path + '/' + name;
    if (is_stored_name(name)) {
      if (!kept.contains(below)) (void)disk_.remove(below);
    } else if (depth > 1) {
      clean_directory(below, kept, depth - 1);
    }
  }
}

}  // namespace restante::backup
