#include "maildrop/log/backup/log_copy.h"

#include <algorithm>
#include <array>

#include "maildrop/log/backup/reading.h"
#include "maildrop/log/check/check_walk.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/format/check_header.h"

namespace restante::backup {
namespace {

using disk::OpenMode;
using maildrop::log::FoundHeader;

constexpr auto kLockPatience = std::chrono::minutes(1);
constexpr int kAttemptsMax = 5;
constexpr std::size_t kPartsMax = 32;  // Then it is copied whole again, which makes one of them.

struct OpenLog {
  std::unique_ptr<disk::File> file;
  disk::FileStatus status;
};

/// Whether the log has not grown since `before`, which is known without its lock and without a
/// sync: what a backup has was made durable when it was copied.
bool has_nothing_new(const disk::FileStatus& status, const FileEntry* before) {
  // A log only grows, or is replaced by another inode: the same inode of the same length has the
  // same content.
  return before != nullptr && status.links > 0 && before->mark.last_record != 0 &&
         before->mark.inode == status.identity.inode && before->bytes() == status.size;
}

/// The file that has the name now: one that was replaced meanwhile is complete, but not the newest.
Result<OpenLog> open_at_rest(disk::Disk& disk, const std::string& path, const FileEntry* before) {
  for (int i = 0;; ++i) {
    RESTANTE_TRY(auto file, disk.open(path, OpenMode::kReadWrite));
    if (before != nullptr) {
      RESTANTE_TRY(const disk::FileStatus now, file->status());
      if (has_nothing_new(now, before)) return OpenLog{std::move(file), now};
    }
    RESTANTE_TRY(const disk::FileStatus status, durable_status(*file));
    if (status.links > 0 || i == kAttemptsMax) return OpenLog{std::move(file), status};
  }
}

/// One log on its way into the backup.
class Copier {
 public:
  Copier(disk::File& source, disk::FileStatus status, LogCopy& copy)
      : source_(source), status_(status), copy_(copy) {}

  /// Whether what `before` has is the beginning of this log.
  Result<bool> continues(const FileEntry& before, const LogMark& now) {
    const LogMark& then = before.mark;
    // An inode's number is used again after a file is gone, so the header with its random identity
    // and the last record are compared, too.
    if (then.inode != now.inode || then.header != now.header || then.last_record == 0 ||
        before.bytes() > status_.size || before.parts.size() >= kPartsMax)
      return false;
    std::array<std::byte, maildrop::log::kRecordHeaderBytesMax> buffer{};
    RESTANTE_TRY(const std::size_t got, source_.read(then.last_record, buffer));
    const ByteView bytes = ByteView(buffer).first(got);
    return maildrop::log::looks_like_record(bytes) &&
           maildrop::log::header_checksum_of(bytes) == then.last_checksum;
  }

  /// Copies from `from` to the end. `header` is null for a log whose header cannot be read: then
  /// its bytes are copied as they are.
  Status run(disk::File& target, std::uint64_t from, const FoundHeader* header,
             const maildrop::Pace& pace) {
    ChecksumStream sum;
    ByteSink write = writing_to(target, from);
    const auto take = [&](ByteView bytes) {
      sum.update(bytes);
      return write(bytes);
    };
    OrderedFile ordered(source_, from, status_.size, take, pace);
    std::uint64_t end = status_.size;
    if (header != nullptr) {
      const auto whole = walk(ordered, from, *header);
      if (!whole) return whole.error();
      end = *whole;
    } else {
      copy_.entry.damaged = 1;
    }
    RESTANTE_CHECKED(ordered.finish());
    // Also what an earlier, longer attempt has left behind.
    RESTANTE_CHECKED(target.truncate(end));
    Part part{end - from, sum.digest()};
    if (end != status_.size) {
      // The torn end was summed with the rest while it came by; it is no part of the backup.
      auto shorter = sum_of(target, from, end);
      if (!shorter) return std::move(shorter).error();
      part.sum = *shorter;
    }
    if (part.bytes > 0) copy_.entry.parts.push_back(part);
    copy_.copied = part.bytes;
    copy_.torn = status_.size - end;
    return target.sync();
  }

 private:
  /// Reads all records through `ordered`; where the last whole one ends.
  Result<std::uint64_t> walk(disk::File& ordered, std::uint64_t from, const FoundHeader& header) {
    const auto note = [this](const maildrop::log::LogPlace& place) {
      if (place.in_tail) return;
      if (place.state != maildrop::log::PlaceState::kWhole) {
        copy_.entry.damaged += 1;
      } else {
        copy_.entry.mark.last_record = place.offset;
        copy_.entry.mark.last_checksum = place.record->header_checksum;
      }
    };
    auto end =
        maildrop::log::walk_log(ordered, header.header.seed,
                                {std::max(from, header.records_start()), status_.size, true}, note);
    // Records of a newer version: not ours to understand, but to keep.
    if (!end && end.error().code == Errc::kCorrupt) return status_.size;
    return end;
  }

  disk::File& source_;
  const disk::FileStatus status_;
  LogCopy& copy_;
};

/// The copy to go on with; nothing when it is not what its manifest says.
std::unique_ptr<disk::File> open_stored(Folder& folder, const FileEntry& before) {
  auto file = folder.disk().open(folder.path_of(before.stored), OpenMode::kReadWrite);
  if (!file) return nullptr;
  const auto status = (*file)->status();
  if (!status || status->size < before.bytes()) return nullptr;
  return std::move(*file);
}

}  // namespace

Result<disk::FileStatus> durable_status(disk::File& log) {
  RESTANTE_CHECKED(log.lock(maildrop::log::kAppendLockAt, 1, disk::patience_of(kLockPatience)));
  const maildrop::log::LogFile::AppendLock lock(log);
  // Its last writer may have been killed before its own sync.
  RESTANTE_CHECKED(log.sync());
  return log.status();
}

std::uint64_t bytes_to_copy(const disk::FileStatus& status, const FileEntry* before) {
  const bool continued = before != nullptr && before->mark.inode == status.identity.inode &&
                         before->bytes() <= status.size;
  return continued ? status.size - before->bytes() : status.size;
}

Result<std::optional<LogCopy>> copy_log(Folder& folder, const LogSource& source,
                                        std::uint64_t serial, const FileEntry* before,
                                        const maildrop::Pace& pace) {
  using Outcome = std::optional<LogCopy>;
  RESTANTE_TRY(const OpenLog log, open_at_rest(folder.disk(), source.path, before));
  const auto& [file, status] = log;
  const auto header = maildrop::log::find_log_header(*file);
  // A maildrop that was being made: it has taken no mail yet.
  if (!header && header.error().code == Errc::kState) return Outcome();
  if (!header && header.error().code != Errc::kCorrupt) return header.error();

  LogCopy copy;
  copy.entry.kind = FileKind::kLog;
  copy.entry.name = source.name;
  copy.entry.stored = source.name + '.' + std::to_string(serial);
  copy.entry.mark.inode = status.identity.inode;
  Copier copier(*file, status, copy);
  if (header) {
    RESTANTE_TRY(const Checksum sum, sum_of(*file, 0, header->records_start()));
    copy.entry.mark.header = sum;
    if (before != nullptr) {
      RESTANTE_TRY(const bool same, copier.continues(*before, copy.entry.mark));
      auto stored = same ? open_stored(folder, *before) : nullptr;
      if (stored) {
        copy.entry = *before;
        RESTANTE_CHECKED(folder.make_way(copy.entry.stored));
        if (before->bytes() < status.size)
          RESTANTE_CHECKED(copier.run(*stored, before->bytes(), &*header, pace));
        return Outcome(std::move(copy));
      }
    }
  }
  RESTANTE_CHECKED(folder.make_way(copy.entry.stored));
  RESTANTE_TRY(const auto target,
               folder.disk().open(folder.path_of(copy.entry.stored), OpenMode::kReplace));
  RESTANTE_CHECKED(copier.run(*target, 0, header ? &*header : nullptr, pace));
  return Outcome(std::move(copy));
}

}  // namespace restante::backup
