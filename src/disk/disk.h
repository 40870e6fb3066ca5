// Everything the store asks of a disk, so that tests and the simulation can put another one behind
// it. Paths are plain strings. Nothing here knows of records, maildrops or mail.
//
// Durability: a write is durable after File::sync(); a new, renamed or removed name is durable
// after Disk::sync_directory() of its directory. After a failed sync() the content of the disk is
// unknown, and a second sync() that succeeds proves nothing: the caller must give the file up for
// writing. Errors: kNotFound, kExists, kBusy (a lock), kFull (no space, quota), otherwise kIo; the
// detail names the call, the path and the cause.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::disk {

/// Tells two files apart; names do not count.
struct Identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

/// What the disk says of an open file.
struct FileStatus {
  std::uint64_t size = 0;   ///< Bytes.
  std::uint64_t links = 0;  ///< 0: it was removed or replaced; later writes are lost.
  Identity identity;
  WallTime modified{};  ///< When its content changed last; 0 where the disk keeps no time.
};

enum class OpenMode : std::uint8_t {
  kRead,       ///< The file must exist.
  kReadWrite,  ///< The file must exist.
  kCreate,     ///< Read and write; made (mode 0600) when it is not there.
  kReplace,    ///< As kCreate, and emptied.
};

/// Asked while a lock is waited for, with the time waited so far: whether to wait on. Called by the
/// waiting thread, often.
using Patience = std::function<bool(std::chrono::milliseconds waited)>;

/// Waits up to `most`.
inline Patience patience_of(std::chrono::milliseconds most) {
  return [most](std::chrono::milliseconds waited) { return waited < most; };
}

/// An open file. Callable from any thread. Closing it frees its locks.
class File {
 public:
  virtual ~File() = default;

  /// Fills `target` from `offset`; fewer bytes only at the end of the file.
  virtual Result<std::size_t> read(std::uint64_t offset, MutableBytes target) = 0;
  /// The same without waiting for the disk: std::nullopt when not all of it is in memory.
  virtual std::optional<Result<std::size_t>> read_cached(std::uint64_t offset,
                                                         MutableBytes target) = 0;
  /// Writes all pieces, one behind the other, from `offset`. After an error any part of it may have
  /// been written.
  virtual Status write(std::uint64_t offset, std::span<const ByteView> pieces) = 0;
  virtual Result<FileStatus> status() = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  /// Makes the content and the size durable (fdatasync).
  virtual Status sync() = 0;

  /// Locks the bytes against every other open file, of this process too (open-file-description
  /// locks); they need not exist. To take a lock that this file already holds succeeds. Errors:
  /// kBusy, kIo.
  virtual Status try_lock(std::uint64_t offset, std::uint64_t bytes) = 0;
  /// The same, waiting for its turn as long as `patience` says. Errors: kTimeout (it is over), kIo.
  virtual Status lock(std::uint64_t offset, std::uint64_t bytes, const Patience& patience) = 0;
  virtual void unlock(std::uint64_t offset, std::uint64_t bytes) = 0;
};

/// Names and directories. Callable from any thread.
class Disk {
 public:
  virtual ~Disk() = default;

  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  /// Replaces `to` when it is there.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  /// A second name for a file. Errors: also kExists.
  virtual Status link(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  /// Mode 0700. Errors: also kExists.
  virtual Status create_directory(const std::string& path) = 0;
  /// Makes the names in the directory durable.
  virtual Status sync_directory(const std::string& path) = 0;
  /// The names in the directory, without "." and "..", sorted.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
};

}  // namespace restante::disk
