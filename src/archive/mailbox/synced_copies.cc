#include "archive/mailbox/synced_copies.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "archive/mailbox/sha256.h"

namespace restante::archive {
namespace {

constexpr std::size_t kNameBytesMax = 255;

// Synced together: a file system takes hundreds in a step that costs little more than one.
constexpr std::size_t kTogether = 512;

/// A foreign file is known by its time.
Status copy_time(const Path& from, const Descriptor& to, const Path& name) {
  struct stat status {};
  if (::stat(from.c_str(), &status) != 0) return system_error("stat", from);
  const timespec times[2] = {status.st_atim, status.st_mtim};
  if (::futimens(to.number(), times) != 0) return system_error("futimens", name);
  return ok();
}

/// Other programs' names may be as long as a file system takes them.
Path part_name(const Path& to) {
  constexpr std::string_view kEnd = ".part";
  const std::string name = to.filename().string();
  if (name.size() + kEnd.size() <= kNameBytesMax) return to.string() + std::string(kEnd);
  return to.parent_path() / (sha256_of(name) + std::string(kEnd));
}

}  // namespace

Result<FileSums> SyncedCopies::add(const Path& from, const Path& to) {
  const Path part = part_name(to);
  // An earlier run may have been killed with it.
  RESTANTE_CHECKED(remove_file(part));
  RESTANTE_TRY(const Descriptor target, open_file(part, O_WRONLY | O_CREAT | O_EXCL));
  RESTANTE_CHECKED(
      send_file(from, [&](std::string_view octets) { return write_all(target, octets, part); }));
  RESTANTE_CHECKED(copy_time(from, target, part));
  waiting_.emplace_back(part, to);
  // Summed from the copy, so that a source that changed while it was read shows.
  RESTANTE_TRY(FileSums written, sums_of(part));
  if (waiting_.size() >= kTogether) RESTANTE_CHECKED(finish());
  return written;
}

Status SyncedCopies::finish() {
  if (waiting_.empty()) return ok();
  {
    const Path& any = waiting_.front().first;
    RESTANTE_TRY(const Descriptor opened, open_file(any, O_RDONLY));
    // The whole file system once, instead of each file: many small files are one wait for the disk.
    if (::syncfs(opened.number()) != 0) return system_error("syncfs", any);
  }
  std::set<Path> folders;
  // Content first, names afterwards, as with a single file; so that no crash leaves a name of half
  // a copy.
  for (const auto& [part, name] : waiting_) {
    RESTANTE_CHECKED(rename_file(part, name));
    folders.insert(name.parent_path());
  }
  waiting_.clear();
  for (const Path& folder : folders) RESTANTE_CHECKED(sync_folder(folder));
  return ok();
}

Status put_file(const Path& file, std::string_view content) {
  return replace_durably(file, content, {.ending = ".part"});
}

}  // namespace restante::archive
