#include "disk/posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>

namespace restante::disk {
namespace {

constexpr std::size_t kBeganBytesMin = 256U << 10;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::size_t kPiecesMax = 16;  // Of one pwritev; IOV_MAX is at least that (POSIX).

Errc code_of(int cause) {
  switch (cause) {
    case ENOENT: return Errc::kNotFound;
    case EEXIST: return Errc::kExists;
    case ENOSPC:
    case EDQUOT: return Errc::kFull;
    default: return Errc::kIo;
  }
}

Error make_error(int cause, std::string_view call, const std::string& path) {
  std::string detail(call);
  detail += ' ';
  detail += path;
  detail += ": ";
  detail += std::generic_category().message(cause);
  return Error(code_of(cause), std::move(detail));
}

/// Calls again while a signal interrupts.
template <typename Call>
auto restarted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

bool fits_offset(std::uint64_t offset, std::uint64_t bytes) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  return offset <= kMax && bytes <= kMax - offset;
}

/// The pieces as iovecs without the first `skipped` bytes; how many iovecs.
int gather(std::span<const ByteView> pieces, std::size_t skipped,
           std::array<iovec, kPiecesMax>& out) {
  std::size_t used = 0;
  for (const ByteView piece : pieces) {
    const std::size_t gone = std::min(skipped, piece.size());
    skipped -= gone;
    if (gone == piece.size()) continue;
    if (used == kPiecesMax) break;
    // pwritev takes a pointer to non-const, and only reads.
    out[used++] = {const_cast<std::byte*>(piece.data()) + gone, piece.size() - gone};
  }
  return static_cast<int>(used);
}

WallTime to_wall(const timespec& time) {
  const auto since = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  return WallTime(std::chrono::floor<std::chrono::milliseconds>(since));
}

// A lock that was waited for so long is looked at again after this part of that time: soon after a
// short wait, seldom in a long one.
constexpr int kPausesInAWait = 8;
constexpr std::chrono::milliseconds kPauseMin{1};
constexpr std::chrono::milliseconds kPauseMax{20};

void pause(std::chrono::milliseconds span) {
  span = std::clamp(span, kPauseMin, kPauseMax);
  (void)::poll(nullptr, 0, static_cast<int>(span.count()));
}

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(descriptor_); }

  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override {
    if (!fits_offset(offset, target.size())) return make_error(EINVAL, "pread", path_);
    std::size_t done = 0;
    while (done < target.size()) {
      const ssize_t got = restarted([&] {
        return ::pread(descriptor_, target.data() + done, target.size() - done,
                       static_cast<off_t>(offset + done));
      });
      if (got < 0) return make_error(errno, "pread", path_);
      // The file ends here. A short read is the answer, not an error: the end of a log that is
      // being written moves.
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::optional<Result<std::size_t>> read_cached(std::uint64_t offset,
                                                 MutableBytes target) override {
    if (!fits_offset(offset, target.size())) return std::nullopt;
    const iovec into{target.data(), target.size()};
    const ssize_t got = restarted(
        [&] { return ::preadv2(descriptor_, &into, 1, static_cast<off_t>(offset), RWF_NOWAIT); });
    // Anything but all of it (not cached, cached in part, not supported here) is for read().
    if (got < 0 || static_cast<std::size_t>(got) != target.size()) return std::nullopt;
    return Result<std::size_t>(target.size());
  }

  Status write(std::uint64_t offset, std::span<const ByteView> pieces) override {
    std::size_t total = 0;
    for (const ByteView piece : pieces) total += piece.size();
    if (!fits_offset(offset, total)) return make_error(EINVAL, "pwritev", path_);
    std::array<iovec, kPiecesMax> vectors{};
    for (std::size_t done = 0; done < total;) {
      const int used = gather(pieces, done, vectors);
      const ssize_t wrote = restarted([&] {
        return ::pwritev(descriptor_, vectors.data(), used, static_cast<off_t>(offset + done));
      });
      if (wrote < 0) return make_error(errno, "pwritev", path_);
      // No error and no octet: POSIX allows it, and a loop that tried again might never end.
      if (wrote == 0) return make_error(ENOSPC, "pwritev", path_);
      done += static_cast<std::size_t>(wrote);
    }
    if (total >= kBeganBytesMin) begin_writing(offset, total);
    return ok();
  }

  Result<FileStatus> status() override {
    struct stat found {};
    if (::fstat(descriptor_, &found) != 0) return make_error(errno, "fstat", path_);
    return FileStatus{
        static_cast<std::uint64_t>(found.st_size),
        static_cast<std::uint64_t>(found.st_nlink),
        {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)},
        to_wall(found.st_mtim)};
  }

  Status truncate(std::uint64_t size) override {
    if (!fits_offset(size, 0)) return make_error(EINVAL, "ftruncate", path_);
    if (restarted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) != 0)
      return make_error(errno, "ftruncate", path_);
    return ok();
  }

  Status sync() override {
    // Not restarted: an interrupted sync counts as failed, since its outcome is unknown.
    if (::fdatasync(descriptor_) != 0) return make_error(errno, "fdatasync", path_);
    return ok();
  }

  Status try_lock(std::uint64_t offset, std::uint64_t bytes) override {
    if (set_lock(F_OFD_SETLK, F_WRLCK, offset, bytes) == 0) return ok();
    if (errno == EAGAIN || errno == EACCES) return Error(Errc::kBusy, "locked: " + path_);
    return make_error(errno, "fcntl lock", path_);
  }

  Status lock(std::uint64_t offset, std::uint64_t bytes, const Patience& patience) override {
    Status locked = try_lock(offset, bytes);
    if (locked || locked.error().code != Errc::kBusy) return locked;
    // F_OFD_SETLKW has no time-out, and a thread in it can be called back by a signal alone.
    const auto began = std::chrono::steady_clock::now();
    for (;;) {
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - began);
      if (!patience(waited))
        return Error(Errc::kTimeout, "locked by another process for " +
                                         std::to_string(waited.count()) + " ms: " + path_);
      pause(waited / kPausesInAWait);
      locked = try_lock(offset, bytes);
      if (locked || locked.error().code != Errc::kBusy) return locked;
    }
  }

  void unlock(std::uint64_t offset, std::uint64_t bytes) override {
    // Cannot fail for a range that lock() took; closing the file frees it in any case.
    (void)set_lock(F_OFD_SETLK, F_UNLCK, offset, bytes);
  }

 private:
  /// What comes in large pieces is synced soon: meanwhile the disk can begin. A hint, which proves
  /// nothing. Without the last page, into which the next write may go.
  void begin_writing(std::uint64_t offset, std::size_t bytes) const {
    const std::uint64_t end = (offset + bytes) / kPageBytes * kPageBytes;
    (void)::sync_file_range(descriptor_, static_cast<off_t>(offset),
                            static_cast<off_t>(end - offset), SYNC_FILE_RANGE_WRITE);
  }

  int set_lock(int command, short type, std::uint64_t offset, std::uint64_t bytes) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(offset);
    range.l_len = static_cast<off_t>(bytes);
    return restarted([&] { return ::fcntl(descriptor_, command, &range); });
  }

  const int descriptor_;
  const std::string path_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead: return O_RDONLY;
    case OpenMode::kReadWrite: return O_RDWR;
    case OpenMode::kCreate: return O_RDWR | O_CREAT;
    case OpenMode::kReplace: return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

class PosixDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    // A symbolic link in the place of a maildrop is none of ours: it is not followed.
    const int flags = open_flags(mode) | O_CLOEXEC | O_NOFOLLOW;
    const int descriptor = restarted([&] { return ::open(path.c_str(), flags, 0600); });
    if (descriptor < 0) return make_error(errno, "open", path);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(descriptor, path));
  }

  // None of these is restarted: they do not wait, so no signal interrupts them. And none is durable
  // before sync_directory().
  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return make_error(errno, "rename", from);
    return ok();
  }

  Status link(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) != 0) return make_error(errno, "link", to);
    return ok();
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return make_error(errno, "unlink", path);
    return ok();
  }

  Status create_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) != 0) return make_error(errno, "mkdir", path);
    return ok();
  }

  Status sync_directory(const std::string& path) override {
    const int descriptor =
        restarted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return make_error(errno, "open", path);
    Status done = ok();
    // fsync, not fdatasync: POSIX does not count names as data.
    if (::fsync(descriptor) != 0) done = make_error(errno, "fsync", path);
    ::close(descriptor);
    return done;
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
    if (!directory) return make_error(errno, "opendir", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    if (errno != 0) return make_error(errno, "readdir", path);
    // readdir's order is the file system's: sorted, runs and simulations go through maildrops
    // alike. --
    std::sort(names.begin(), names.end());
    return names;
  }
};

}  // namespace

Disk& posix_disk() {
  static PosixDisk disk;
  return disk;
}

}  // namespace restante::disk
