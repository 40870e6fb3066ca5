// A table of what is remembered about many peers; no peer can make it grow beyond its size. Full,
// it forgets the entry that means least: each says until when it has something to remember
// (keep_until), and the earliest goes first. So a peer that has failed a hundred times is not
// forgotten for others' sake until as many others have failed a hundred times each: to be forgotten
// by flooding costs more than to wait.
//
// The place in the table comes from the tag, which only this process can compute.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "guard/budget.h"
#include "guard/tag.h"

namespace restante::guard {

/// `Entry` is default-constructible and has keep_until(). Callable from any thread.
template <typename Entry>
class Table {
 public:
  /// Rounded up to a power of two. Memory comes as it is needed, and never goes.
  explicit Table(std::size_t entries_max) {
    std::size_t buckets = 1;
    while (buckets * kShards * kWays < entries_max) buckets *= 2;
    for (Shard& shard : shards_) shard.buckets.resize(buckets);
  }

  /// use(entry) under the lock; a new entry when the tag is not there.
  template <typename Use>
  auto update(const Tag& tag, Use use) {
    const Place place = place_of(tag);
    Shard& shard = shards_[place.shard];
    const std::lock_guard lock(shard.mutex);
    std::unique_ptr<Bucket>& bucket = shard.buckets[place.number & (shard.buckets.size() - 1)];
    if (!bucket) bucket = std::make_unique<Bucket>();
    return use(find_or_make(*bucket, tag));
  }

  /// use(entry) under the lock; null when the tag is not there.
  template <typename Use>
  auto look(const Tag& tag, Use use) const {
    const Place place = place_of(tag);
    const Shard& shard = shards_[place.shard];
    const std::lock_guard lock(shard.mutex);
    const std::unique_ptr<Bucket>& bucket =
        shard.buckets[place.number & (shard.buckets.size() - 1)];
    if (bucket)
      for (const Slot& slot : *bucket)
        if (slot.used && slot.tag == tag) return use(&slot.entry);
    return use(static_cast<const Entry*>(nullptr));
  }

  /// use(entry) for each, a part of the table locked at a time.
  template <typename Use>
  void for_each(Use use) const {
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      for (const auto& bucket : shard.buckets)
        if (bucket)
          for (const Slot& slot : *bucket)
            if (slot.used) use(slot.entry);
    }
  }

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kWays = 8;  // The least important of these is forgotten.

  struct Slot {
    Tag tag{};
    Entry entry{};
    bool used = false;
  };
  using Bucket = std::array<Slot, kWays>;
  struct Shard {
    mutable std::mutex mutex;
    std::vector<std::unique_ptr<Bucket>> buckets;
  };
  struct Place {
    std::size_t shard;
    std::size_t number;
  };

  static Place place_of(const Tag& tag) {
    std::uint64_t number = 0;
    std::memcpy(&number, tag.data(), sizeof number);
    return Place{static_cast<std::size_t>(number % kShards),
                 static_cast<std::size_t>(number / kShards)};
  }

  static Entry& find_or_make(Bucket& bucket, const Tag& tag) {
    Slot* least = nullptr;
    for (Slot& slot : bucket) {
      if (slot.used && slot.tag == tag) return slot.entry;
      const bool earlier =
          least == nullptr || (least->used && (!slot.used || means_less(slot, *least)));
      if (earlier) least = &slot;
    }
    *least = Slot{tag, Entry{}, true};
    return least->entry;
  }
  static bool means_less(const Slot& a, const Slot& b) {
    return a.entry.keep_until() < b.entry.keep_until();
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace restante::guard
