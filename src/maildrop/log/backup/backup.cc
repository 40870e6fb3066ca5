#include "maildrop/log/backup/backup.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/thread.h"
#include "maildrop/log/backup/journal.h"
#include "maildrop/log/backup/reading.h"
#include "maildrop/log/check/check_places.h"

namespace restante::backup {
namespace {

using disk::OpenMode;

class Backup {
 public:
  explicit Backup(const BackupRequest& request)
      : request_(request), folder_(request.disk, request.folder), journal_(folder_) {}

  Result<BackupReport> run() {
    RESTANTE_CHECKED(begin());
    // Before the accounts are copied: of an account that is made meanwhile the backup has no mail
    // without the account.
    RESTANTE_TRY(const auto logs, maildrop::log::list_logs(request_.disk, request_.data_dir));
    expect(logs);
    for (const Extra& extra : request_.extras) {
      auto taken = take_extra(extra);
      if (!taken) return std::move(taken).error();
      add(std::move(*taken));
    }
    RESTANTE_CHECKED(take_maildrops(logs));
    // The manifest makes the backup. All that it names must be durable first, or a power loss
    // leaves one that promises files that are not there.
    RESTANTE_CHECKED(folder_.sync_directories());
    // A maildrop that was not found may only have been out of reach.
    if (request_.still_there) RESTANTE_CHECKED(request_.still_there());
    RESTANTE_CHECKED(folder_.publish(manifest_));
    // From here on the manifest says it all; a journal that stayed would only be read by the next
    // run.
    journal_.remove();
    // Last: until the new manifest is in force, the old one's files are the backup.
    folder_.clean(manifest_);
    report_.serial = manifest_.serial;
    report_.files = manifest_.files.size();
    for (const FileEntry& file : manifest_.files) report_.bytes += file.bytes();
    return std::move(report_);
  }

 private:
  /// A file in the backup, and how many bytes of it were written now.
  struct Taken {
    FileEntry entry;
    std::uint64_t copied = 0;
  };
  /// What one maildrop gives: nothing, its log, or its aside file, too.
  struct Maildrop {
    std::optional<LogCopy> log;
    std::optional<Taken> aside;
  };

  Status begin() {
    RESTANTE_CHECKED(folder_.lock());
    auto before = folder_.manifest();
    if (!before) return std::move(before).error();
    manifest_.serial = *before ? (*before)->serial + 1 : 1;
    manifest_.made = request_.now;
    if (*before && request_.mode == BackupMode::kIncremental)
      for (FileEntry& file : (*before)->files) before_.emplace(file.name, std::move(file));
    // A noted copy is at least as new. A full backup goes on with its own copies alone.
    const std::string own = '.' + std::to_string(manifest_.serial);
    for (auto& [name, file] : journal_.open(manifest_.serial))
      if (request_.mode == BackupMode::kIncremental || file.stored.ends_with(own))
        before_[name] = std::move(file);
    return ok();
  }

  [[nodiscard]] const FileEntry* find_before(const std::string& name) const {
    const auto at = before_.find(name);
    return at == before_.end() ? nullptr : &at->second;
  }

  void add(Taken taken) {
    report_.copied += taken.copied;
    manifest_.files.push_back(std::move(taken.entry));
  }

  void add(const std::string& name, Maildrop taken) {
    if (!taken.log) return;
    if (taken.log->entry.damaged > 0 || taken.log->torn > 0)
      report_.notes.push_back({name, taken.log->entry.damaged, taken.log->torn});
    add(Taken{std::move(taken.log->entry), taken.log->copied});
    if (taken.aside) add(std::move(*taken.aside));
  }

  /// In their order, whichever thread takes which. The first failure ends it.
  Status take_maildrops(const std::vector<std::string>& logs) {
    std::vector<Maildrop> taken(logs.size());
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    Status failed = ok();
    const maildrop::Pace pace = [&](std::uint64_t bytes) {
      const std::lock_guard guard(mutex);
      return failed.has_value() && (!request_.pace || request_.pace(bytes));
    };
    const auto work = [&] {
      for (std::size_t i = next++; i < logs.size(); i = next++) {
        auto maildrop = take_maildrop(logs[i], pace);
        if (maildrop) {
          taken[i] = std::move(*maildrop);
          continue;
        }
        const std::lock_guard guard(mutex);
        if (failed) failed = std::move(maildrop).error();
        // The others stop at their next maildrop: what they would copy is in no manifest.
        next = logs.size();
      }
    };
    std::vector<std::thread> others;
    // Maildrops are small and many, so most of the time goes into opening and syncing, which runs
    // side by side.
    while (others.size() + 1 < std::min(request_.threads, logs.size())) {
      auto other = start_thread(work);
      if (!other) break;  // Fewer do it, too; one is here in any case.
      others.push_back(std::move(*other));
    }
    work();
    for (std::thread& other : others) other.join();
    RESTANTE_CHECKED(failed);
    for (std::size_t i = 0; i < logs.size(); ++i) add(logs[i], std::move(taken[i]));
    return ok();
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

  Result<Maildrop> take_maildrop(const std::string& name, const maildrop::Pace& pace) {
    Maildrop taken;
    const std::string path = request_.data_dir + '/' + name;
    const FileEntry* const before = find_before(name);
    RESTANTE_TRY(auto copy, copy_log(folder_, {path, name}, manifest_.serial, before, pace));
    taken.log = std::move(copy);
    if (!taken.log) return taken;
    // A run of hours that is cut short is gone on with, not begun anew.
    if (taken.log->copied > 0) journal_.note(taken.log->entry);
    RESTANTE_TRY(auto aside, take_aside(name, pace));
    taken.aside = std::move(aside);
    return taken;
  }

  /// The file of set-aside octets is small and rare, so it is copied whole when it has changed.
  Result<std::optional<Taken>> take_aside(const std::string& log_name, const maildrop::Pace& pace) {
    using Outcome = std::optional<Taken>;
    const auto paths = maildrop::log::paths_beside(log_name);
    const std::string path = request_.data_dir + '/' + paths.aside;
    const auto source = request_.disk.open(path, OpenMode::kRead);
    if (!source && source.error().code == Errc::kNotFound) return Outcome();
    if (!source) return source.error();
    auto taken = take_extra({FileKind::kAside, paths.aside, [&](const std::string& target) {
                               return copy_file(**source, target, pace);
                             }});
    if (!taken) return std::move(taken).error();
    return Outcome(std::move(*taken));
  }

  Status copy_file(disk::File& source, const std::string& target_path, const maildrop::Pace& pace) {
    RESTANTE_TRY(const disk::FileStatus status, source.status());
    RESTANTE_TRY(const auto target, request_.disk.open(target_path, OpenMode::kReadWrite));
    OrderedFile ordered(source, 0, status.size, writing_to(*target, 0), pace);
    return ordered.finish();
  }

  Result<Taken> take_extra(const Extra& extra) {
    Taken taken;
    FileEntry& entry = taken.entry;
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
      taken.copied = part->bytes;
    }
    return taken;
  }

  bool is_stored(const FileEntry& before) {
    const auto file = request_.disk.open(folder_.path_of(before.stored), OpenMode::kRead);
    const auto status = file ? (*file)->status() : Result<disk::FileStatus>(file.error());
    // Its length is enough here: verify_backup() reads the content, and a copy each night must not.
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
  Journal journal_;
  std::map<std::string, FileEntry> before_;  // By name: what may be gone on with.
  Manifest manifest_;
  BackupReport report_;
};

}  // namespace

Result<BackupReport> make_backup(const BackupRequest& request) { return Backup(request).run(); }

}  // namespace restante::backup
