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

  /// Pairs of u64 first and u64 last, ascending, not touching. Errors: kCorrupt.
  static Result<SequenceSet> decode(ByteView bytes);
  [[nodiscard]] std::string encode() const;

  /// All of them in one.
  static SequenceSet merge(const std::vector<SequenceSet>& sets);
  void add(const SequenceSet& others);
  void remove(const SequenceSet& others);

  [[nodiscard]] bool contains(Sequence sequence) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// How many sequence numbers.
  [[nodiscard]] std::uint64_t size() const;
  /// Ascending, disjoint, not touching.
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }

 private:
  void normalize();

  std::vector<Range> ranges_;
};

}  // namespace restante::maildrop::log
