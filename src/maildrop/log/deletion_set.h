// Sets of sequence numbers, as a deletion record's body holds them: ranges, so that "all of 100,000
// messages" is 16 bytes.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/strong.h"

namespace restante::maildrop::log {

class DeletionSet {
 public:
  DeletionSet() = default;
  /// In any order, doubles allowed.
  explicit DeletionSet(std::vector<Sequence> sequences);

  /// Body: pairs of u64 first and u64 last, ascending, not touching. Errors: kCorrupt.
  static Result<DeletionSet> decode(ByteView body);
  [[nodiscard]] std::string encode() const;

  /// All of them in one.
  static DeletionSet merge(const std::vector<DeletionSet>& sets);

  [[nodiscard]] bool contains(Sequence sequence) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// How many sequence numbers.
  [[nodiscard]] std::uint64_t size() const;

 private:
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };
  void normalize();

  std::vector<Range> ranges_;  // Ascending, disjoint, not touching.
};

}  // namespace restante::maildrop::log
