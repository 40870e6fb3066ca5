// The insides of MemoryDisk: what its files, its names and its faults are made of. Included by
// memory*.cc alone; everything is guarded by Shared::mutex.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "disk/memory.h"

namespace restante::disk {

inline constexpr std::uint64_t kSectorBytes = 512;

/// A file or a directory, as readers see it and as the platter has it.
struct MemoryDisk::Node {
  struct Lock {
    const void* owner;
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  bool directory = false;
  std::uint64_t inode = 0;
  std::uint64_t links = 0;
  std::string bytes;
  std::string platter;
  std::set<std::uint64_t> dirty;
  std::vector<Lock> locks;

  void mark(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t s = from / kSectorBytes; s * kSectorBytes < to; ++s) dirty.insert(s);
  }

  /// Carries one sector over, as far as both contents reach.
  void settle(std::uint64_t sector) {
    const std::uint64_t from = sector * kSectorBytes;
    const std::uint64_t end = std::min<std::uint64_t>(bytes.size(), platter.size());
    if (from >= end) return;
    const auto count = static_cast<std::size_t>(std::min(kSectorBytes, end - from));
    std::memcpy(platter.data() + from, bytes.data() + from, count);
  }

  void settle_all() {
    platter.resize(bytes.size());
    for (const std::uint64_t sector : dirty) settle(sector);
    dirty.clear();
  }

  void settle_every_second() {
    platter.resize(std::max(bytes.size(), platter.size()));
    for (const std::uint64_t sector : dirty)
      if (sector % 2 == 1) settle(sector);
    platter.resize(bytes.size());
    dirty.clear();
  }
};

struct MemoryDisk::Shared {
  using Names = std::map<std::string, std::shared_ptr<Node>>;

  mutable std::mutex mutex;
  std::condition_variable unlocked;
  Names names;
  Names platter_names;
  std::uint64_t next_inode = 1;
  std::uint64_t calls = 0;
  std::uint64_t syncs = 0;
  std::uint64_t fail_at = UINT64_MAX;
  Fault fault = Fault::kEio;
  bool reached = false;
  bool cached = true;

  /// Counts a call; the error that it must fail with, if any. `takes_room`: it may meet a full
  /// disk.
  std::optional<Fault> next_call(bool takes_room) {
    if (reached && fault == Fault::kDeath) return Fault::kEio;
    if (fault == Fault::kFull && !takes_room) return std::nullopt;
    if (calls++ != fail_at) return std::nullopt;
    reached = true;
    return fault;
  }

  /// The same for calls that do all or nothing.
  Status simple_call(bool takes_room, std::string_view name) {
    const auto failure = next_call(takes_room);
    if (!failure) return ok();
    return Error(*failure == Fault::kFull ? Errc::kFull : Errc::kIo, std::string(name));
  }

  std::shared_ptr<Node> make(const std::string& path, bool directory) {
    auto node = std::make_shared<Node>();
    node->directory = directory;
    node->inode = next_inode++;
    node->links = 1;
    names[path] = node;
    return node;
  }

  std::shared_ptr<Node> find(const std::string& path) const {
    const auto at = names.find(path);
    return at == names.end() ? nullptr : at->second;
  }
};

/// An open file of it.
std::unique_ptr<File> make_memory_file(std::shared_ptr<MemoryDisk::Shared> shared,
                                       std::shared_ptr<MemoryDisk::Node> node);

}  // namespace restante::disk
