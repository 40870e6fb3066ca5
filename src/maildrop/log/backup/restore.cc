#include "maildrop/log/backup/restore.h"

#include <algorithm>

#include "maildrop/log/backup/folder.h"
#include "maildrop/log/backup/reading.h"
#include "maildrop/log/format/file_names.h"

namespace restante::backup {
namespace {

using disk::OpenMode;

class Restore {
 public:
  explicit Restore(const RestoreRequest& request)
      : request_(request), target_(request.disk, request.data_dir) {}

  Result<RestoreReport> run() {
    RESTANTE_CHECKED(check_empty());
    RESTANTE_CHECKED(verify());
    // From the mark on no server starts on this folder: half a restore looks like a data directory
    // whose other maildrops are empty.
    RESTANTE_CHECKED(mark());
    for (const FileEntry& file : manifest_.files) RESTANTE_CHECKED(take(file));
    RESTANTE_CHECKED(target_.sync_directories());
    if (request_.before_end) RESTANTE_CHECKED(request_.before_end());
    // The very last step, once all files and names are durable.
    RESTANTE_CHECKED(request_.disk.remove(target_.path_of(maildrop::kUnfinishedRestore)));
    RESTANTE_CHECKED(request_.disk.sync_directory(request_.data_dir));
    return std::move(report_);
  }

 private:
  Status check_empty() {
    RESTANTE_TRY(const auto names, request_.disk.list(request_.data_dir));
    again_ = std::ranges::find(names, maildrop::kUnfinishedRestore) != names.end();
    if (again_) return ok();
    for (const std::string& name : names)
      if (std::ranges::find(request_.allowed, name) == request_.allowed.end())
        return Error(Errc::kExists,
                     "not empty, so nothing is restored into it: " + request_.data_dir);
    return ok();
  }

  Status verify() {
    // Read twice: to verify, and to copy.
    const auto expect = [this](std::uint64_t bytes) {
      if (request_.expect) request_.expect(2 * bytes);
    };
    RESTANTE_TRY(auto manifest, load_manifest(request_.disk, request_.folder));
    manifest_ = std::move(manifest);
    auto verified = verify_files(request_.disk, request_.folder, manifest_, expect, request_.pace);
    if (!verified) return std::move(verified).error();
    report_.verified = std::move(*verified);
    const auto& problems = report_.verified.problems;
    if (!problems.empty() && !request_.despite_damage)
      return Error(Errc::kCorrupt, problems[0].stored + ": " + problems[0].what);
    return ok();
  }

  Status mark() {
    for (const FileEntry& file : manifest_.files) {
      const std::string path = place_of(file);
      const bool outside = !path.empty() && !path.starts_with(request_.data_dir + '/');
      // A second attempt may replace what the first one has written. The first one must not replace
      // an operator's file.
      if (outside && !again_ && request_.disk.open(path, OpenMode::kRead))
        return Error(Errc::kExists, "it is there already: " + path);
    }
    RESTANTE_TRY(const auto file, request_.disk.open(target_.path_of(maildrop::kUnfinishedRestore),
                                                     OpenMode::kCreate));
    return request_.disk.sync_directory(request_.data_dir);
  }

  [[nodiscard]] std::string place_of(const FileEntry& file) const {
    if (file.kind == FileKind::kLog || file.kind == FileKind::kAside)
      return target_.path_of(file.name);
    return request_.place_of ? request_.place_of(file) : std::string();
  }

  Status take(const FileEntry& file) {
    const std::string path = place_of(file);
    if (path.empty()) {
      report_.skipped.push_back(file.name);
      return ok();
    }
    const auto source = request_.disk.open(request_.folder + '/' + file.stored, OpenMode::kRead);
    if (!source && source.error().code == Errc::kNotFound && request_.despite_damage) {
      report_.skipped.push_back(file.name);
      return ok();
    }
    if (!source) return source.error();
    const bool inside = path == target_.path_of(file.name);
    if (inside) RESTANTE_CHECKED(target_.make_way(file.name));
    RESTANTE_CHECKED(copy(**source, file, path));
    if (!inside)
      RESTANTE_CHECKED(request_.disk.sync_directory(maildrop::log::parent_directory(path)));
    report_.files += 1;
    return ok();
  }

  Status copy(disk::File& source, const FileEntry& entry, const std::string& path) {
    RESTANTE_TRY(const disk::FileStatus status, source.status());
    const std::uint64_t bytes = std::min(entry.bytes(), status.size);  // Less only despite damage.
    RESTANTE_TRY(const auto target, request_.disk.open(path, OpenMode::kReplace));
    OrderedFile ordered(source, 0, bytes, writing_to(*target, 0), request_.pace);
    RESTANTE_CHECKED(ordered.finish());
    // Each file by itself: a disk that fails tells here which one it was.
    RESTANTE_CHECKED(target->sync());
    report_.bytes += bytes;
    return ok();
  }

  const RestoreRequest& request_;
  Folder target_;
  Manifest manifest_;
  RestoreReport report_;
  bool again_ = false;  // An earlier restore was cut short.
};

}  // namespace

Result<RestoreReport> restore_backup(const RestoreRequest& request) {
  return Restore(request).run();
}

}  // namespace restante::backup
