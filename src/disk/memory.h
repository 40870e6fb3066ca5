// A disk in memory for tests: it forgets what was not synced (power loss), and any call can be made
// to fail. Callable from any thread.
//
// Model: a file has its content as readers see it and its content as the platter has it; sync()
// carries over the dirty sectors and the size. A failed sync marks them clean without carrying them
// over, as kernels do, so that a later sync() "succeeds" without them. Names work the same way,
// through sync_directory().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "disk/disk.h"

namespace restante::disk {

enum class Fault : std::uint8_t {
  kEio,         ///< The call fails and does nothing.
  kFull,        ///< The same with kFull; only writes and creations, others do not count.
  kShortWrite,  ///< A write does half of its work, then fails; other calls fail with kIo.
  kDeath,       ///< As kShortWrite, and every later call fails too: the process is dead.
};

enum class PowerLoss : std::uint8_t {
  kDropUnsynced,  ///< Nothing that was not synced reached the platter.
  kKeepAll,       ///< All of it did (as after a kill of the process alone).
  kTorn,  ///< Every second dirty sector did, and the size; the rest reads as it was or zero.
};

class MemoryDisk final : public Disk {
 public:
  MemoryDisk();
  ~MemoryDisk() override;

  /// The call number `nth` (from 0, counted from now, over all files) fails in this way.
  void fail_at(std::uint64_t nth, Fault fault);
  void fail_nothing();
  /// True when the fault of fail_at() was reached.
  [[nodiscard]] bool fault_reached() const;
  /// Calls since fail_at() or fail_nothing().
  [[nodiscard]] std::uint64_t calls() const;
  /// Calls of File::sync since then.
  [[nodiscard]] std::uint64_t syncs() const;

  /// Whether read_cached() finds everything in memory (the default) or nothing.
  void set_cached(bool cached);

  /// The disk as a restart finds it. Files that are still open belong to the dead process: do not
  /// use them, but their locks are gone.
  void lose_power(PowerLoss how);

  /// Content of a file, for tests. Errors: kNotFound.
  [[nodiscard]] Result<std::string> content(const std::string& path) const;
  /// Puts content in place, durably.
  void set_content(const std::string& path, std::string_view content);

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status link(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status create_directory(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;

  struct Node;
  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace restante::disk
