#include "backup/backup.h"

#include <map>

#include "backup/reading.h"
#include "maildrop/log/check_places.h"

namespace restante::backup {
namespace {

using disk::OpenMode;

class Backup {
 public:
  explicit Backup(const BackupRequest& request)
      : request_(request), folder_(request.disk, request.folder) {}

  Result<BackupReport> run() {
    RESTANTE_CHECKED(begin());
    RESTANTE_TRY(const auto logs, maildrop::log::list_logs(request_.disk, request_.data_dir));
    expect(logs);
    for (const Extra& extra : request_.extras) RESTANTE_CHECKED(take_extra(extra));
    for (const std::string& name : logs) RESTANTE_CHECKED(take_maildrop(name));
    RESTANTE_CHECKED(folder_.sync_directories());
    RESTANTE_CHECKED(folder_.publish(manifest_));
    folder_.clean(manifest_);
    report_.serial = manifest_.serial;
    report_.files = manifest_.files.size();
    for (const FileEntry& file : manifest_.files) report_.bytes += file.bytes();
    return std::move(report_);
  }

 private:
  Status begin() {
    RESTANTE_CHECKED(folder_.lock());
    auto before = folder_.manifest();
    if (!before) return std::move(before).error();
    manifest_.serial = *before ? (*before)->serial + 1 : 1;
    manifest_.made = request_.now;
    if (*before && request_.mode == BackupMode::kIncremental)
      for (FileEntry& file : (*before)->files) before_.emplace(file.name, std::move(file));
    return ok();
  }

  [[nodiscard]] const FileEntry* find_before(const std::string& name) const {
    const auto at = before_.find(name);
    return at == before_.end() ? nullptr : &at->second;
  }

  void expect(const std::vector<std::string>& logs) {
    if (!request_.expect) return;
    std::uint64_t bytes = 0;
    for (const std::string& name : logs) {
      const auto file = request_.disk.open(request_.data_dir + '/' + name, OpenMode::kRead);
      const auto status = file ? (*file)->status() : Result<disk::FileStatus>(file.error());
      if (status) bytes += bytes_to_copy(*status, find_before(name));
    }
    request_.expect(bytes);
  }

  Status take_maildrop(const std::string& name) {
    const std::string path = request_.data_dir + '/' + name;
    auto copy = copy_log(folder_, {path, name}, manifest_.serial, find_before(name), request_.pace);
    if (!copy) return std::move(copy).error();
    if (!*copy) return ok();
    LogCopy& log = **copy;
    if (log.entry.damaged > 0 || log.torn > 0)
      report_.notes.push_back({name, log.entry.damaged, log.torn});
    report_.copied += log.copied;
    manifest_.files.push_back(std::move(log.entry));
    return take_aside(name);
  }

  /// What recovery set aside is small and rare, so it is copied whole when it has changed.
  Status take_aside(const std::string& log_name) {
    const auto paths = maildrop::log::paths_beside(log_name);
    const std::string path = request_.data_dir + '/' + paths.aside;
    const auto source = request_.disk.open(path, OpenMode::kRead);
    if (!source && source.error().code == Errc::kNotFound) return ok();
    if (!source) return source.error();
    return take_extra({FileKind::kAside, paths.aside,
                       [&](const std::string& target) { return copy_file(**source, target); }});
  }

  Status copy_file(disk::File& source, const std::string& target_path) {
    RESTANTE_TRY(const disk::FileStatus status, source.status());
    RESTANTE_TRY(const auto target, request_.disk.open(target_path, OpenMode::kReadWrite));
    OrderedFile ordered(source, 0, status.size, writing_to(*target, 0), request_.pace);
    return ordered.finish();
  }

  Status take_extra(const Extra& extra) {
    FileEntry entry;
    entry.kind = extra.kind;
    entry.name = extra.name;
    entry.stored = extra.name + '.' + std::to_string(manifest_.serial);
    const std::string path = folder_.path_of(entry.stored);
    RESTANTE_CHECKED(folder_.make_way(entry.stored));
    RESTANTE_CHECKED(request_.disk.open(path, OpenMode::kReplace));
    RESTANTE_CHECKED(extra.write(path));
    auto part = sync_and_sum(path);
    if (!part) return std::move(part).error();
    entry.parts = {*part};
    const FileEntry* const before = find_before(entry.name);
    if (before != nullptr && before->parts == entry.parts && is_stored(*before)) {
      entry.stored = before->stored;  // clean() removes the new copy.
    } else {
      report_.copied += part->bytes;
    }
    manifest_.files.push_back(std::move(entry));
    return ok();
  }

  bool is_stored(const FileEntry& before) {
    const auto file = request_.disk.open(folder_.path_of(before.stored), OpenMode::kRead);
    const auto status = file ? (*file)->status() : Result<disk::FileStatus>(file.error());
    return status && status->size >= before.bytes();
  }

  Result<Part> sync_and_sum(const std::string& path) {
    RESTANTE_TRY(const auto file, request_.disk.open(path, OpenMode::kReadWrite));
    RESTANTE_CHECKED(file->sync());
    RESTANTE_TRY(const disk::FileStatus status, file->status());
    RESTANTE_TRY(const Checksum sum, sum_of(*file, 0, status.size));
    return Part{status.size, sum};
  }

  const BackupRequest& request_;
  Folder folder_;
  std::map<std::string, FileEntry> before_;  // By name; empty unless incremental.
  Manifest manifest_;
  BackupReport report_;
};

}  // namespace

Result<BackupReport> make_backup(const BackupRequest& request) { return Backup(request).run(); }

}  // namespace restante::backup
