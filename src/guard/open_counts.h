// How much each address has open: connections, checks of passwords, octets of unfinished mail.
// Exact, and bounded by the connections that there are: a peer with nothing open has no entry.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "guard/tag.h"

namespace restante::guard {

/// Callable from any thread.
class OpenCounts {
 public:
  /// The count with these `n`; nullopt, and nothing is counted, when it would be more than `most`;
  /// 0 is no limit.
  std::optional<std::uint64_t> add(const Tag& tag, std::uint64_t most, std::uint64_t n = 1) {
    Shard& shard = shard_of(tag);
    const std::lock_guard lock(shard.mutex);
    const auto place = shard.counts.find(tag);
    const std::uint64_t before = place == shard.counts.end() ? 0 : place->second;
    if (most != 0 && (n > most || before > most - n)) return std::nullopt;
    if (n == 0) return before;
    if (place == shard.counts.end())
      shard.counts.emplace(tag, n);
    else
      place->second += n;
    return before + n;
  }
  /// Takes back what add() counted.
  void remove(const Tag& tag, std::uint64_t n = 1) {
    Shard& shard = shard_of(tag);
    const std::lock_guard lock(shard.mutex);
    const auto place = shard.counts.find(tag);
    if (place == shard.counts.end()) return;
    place->second -= std::min(n, place->second);
    if (place->second == 0) shard.counts.erase(place);
  }
  /// Addresses that have any.
  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum += shard.counts.size();
    }
    return sum;
  }

 private:
  // Tags are hashes under a secret key already.
  struct FirstOctets {
    std::size_t operator()(const Tag& tag) const {
      std::size_t out = 0;
      std::memcpy(&out, tag.data(), sizeof out);
      return out;
    }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Tag, std::uint64_t, FirstOctets> counts;
  };

  Shard& shard_of(const Tag& tag) { return shards_[tag.back() % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

}  // namespace restante::guard
