// How many connections each address has open. Exact, and bounded by the connections that there
// are: who has none open has no entry.
#pragma once

#include <array>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "guard/tag.h"

namespace restante::guard {

/// Callable from any thread.
class OpenCounts {
 public:
  /// False, and nothing is counted, when the address has `most` already; 0 is no limit.
  bool add(const Tag& tag, std::uint64_t most) {
    Shard& shard = shard_of(tag);
    const std::lock_guard lock(shard.mutex);
    const auto [place, is_new] = shard.counts.try_emplace(tag, 0);
    if (most != 0 && place->second >= most) return false;
    ++place->second;
    return true;
  }
  void remove(const Tag& tag) {
    Shard& shard = shard_of(tag);
    const std::lock_guard lock(shard.mutex);
    const auto place = shard.counts.find(tag);
    if (place != shard.counts.end() && --place->second == 0) shard.counts.erase(place);
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
