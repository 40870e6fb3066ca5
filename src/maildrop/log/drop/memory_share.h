// About how much memory one maildrop takes, as a part of what all of a store take: the sum is there
// without asking each of them.
#pragma once

#include <atomic>
#include <cstdint>

namespace restante::maildrop::log {

class MemoryShare {
 public:
  /// `all` outlives the share.
  explicit MemoryShare(std::atomic<std::uint64_t>& all) : all_(all) {}
  ~MemoryShare() { set(0); }
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;

  /// From any thread; what the last one said counts.
  void set(std::uint64_t bytes) { all_ += bytes - bytes_.exchange(bytes); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::atomic<std::uint64_t>& all_;
  std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace restante::maildrop::log
