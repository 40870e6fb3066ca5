// Sets of sequence numbers, as records hold them: ranges, so that "all of 100,000 messages" is 16
// bytes.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/strong.h"

namespace restante::maildrop::log {

class SequenceSet {
 public:
  /// Both ends included.
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };

  SequenceSet() = default;
  /// In any order, doubles allowed.
  explicit SequenceSet(const std::vector<Sequence>& sequences);

  /// All from `first` to `last`, both included; none when `last` is below `first`.
  static SequenceSet all(std::uint64_t first, std::uint64_t last);

  /// Pairs of u64 first and u64 last, ascending, not touching. Errors: kCorrupt.
  static Result<SequenceSet> decode(ByteView bytes);
  [[nodiscard]] std::string encode() const;

  /// All of them at once; of many sets SequenceSum.
  void add(const SequenceSet& others);
  void remove(const SequenceSet& others);
  /// Leaves what is in both.
  void keep(const SequenceSet& others);

  [[nodiscard]] bool contains(Sequence sequence) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// How many sequence numbers.
  [[nodiscard]] std::uint64_t size() const;
  /// Ascending, disjoint, not touching.
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }

 private:
  friend class SequenceSum;
  void normalize();

  std::vector<Range> ranges_;
};

/// All of many sets in one: each is only put behind the others until they are asked for, so that a
/// log of 100,000 deletions is sorted once, not 100,000 times.
class SequenceSum {
 public:
  void add(const SequenceSet& set) {
    if (set.empty()) return;
    all_.ranges_.insert(all_.ranges_.end(), set.ranges_.begin(), set.ranges_.end());
    is_sorted_ = false;
  }
  const SequenceSet& merged();
  /// How often it was sorted: what adding must not cost.
  [[nodiscard]] std::uint64_t sortings() const { return sortings_; }

 private:
  SequenceSet all_;
  bool is_sorted_ = true;
  std::uint64_t sortings_ = 0;
};

}  // namespace restante::maildrop::log
