// What the process takes of the machine: memory, descriptors, processor time. Looks through
// descriptors that were opened before the sandbox, which has no /proc. Callable from any thread.
#pragma once

#include <dirent.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "files/descriptor.h"

namespace restante::server {

struct ProcessUse {
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> descriptors;
  std::uint64_t descriptors_max = 0;
  std::chrono::microseconds processor_time{0};
};

class OwnProcess {
 public:
  /// What cannot be opened is not told of later.
  OwnProcess();

  [[nodiscard]] ProcessUse look() const;
  [[nodiscard]] WallTime began() const { return began_; }

 private:
  struct Close {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  [[nodiscard]] std::optional<std::uint64_t> count_descriptors() const;

  const WallTime began_;
  const files::Descriptor memory_;  // /proc/self/statm
  mutable std::mutex mutex_;        // Of folder_, which has a place in it.
  const std::unique_ptr<DIR, Close> folder_;
};

/// The one of this process, made by the first call: to be called before the sandbox.
const OwnProcess& own_process();

}  // namespace restante::server
