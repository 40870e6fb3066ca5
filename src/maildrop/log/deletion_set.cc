#include "maildrop/log/deletion_set.h"

#include <algorithm>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kRangeBytes = 16;

}  // namespace

DeletionSet::DeletionSet(std::vector<Sequence> sequences) {
  ranges_.reserve(sequences.size());
  for (const Sequence sequence : sequences)
    ranges_.push_back({to_number(sequence), to_number(sequence)});
  normalize();
}

void DeletionSet::normalize() {
  std::ranges::sort(ranges_, {}, &Range::first);
  std::vector<Range> merged;
  for (const Range& range : ranges_) {
    // Written so that last + 1 cannot wrap.
    if (!merged.empty() &&
        (range.first <= merged.back().last || range.first - merged.back().last == 1)) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  ranges_ = std::move(merged);
}

Result<DeletionSet> DeletionSet::decode(ByteView body) {
  if (body.size() % kRangeBytes != 0) return Error(Errc::kCorrupt, "deletion: length");
  DeletionSet set;
  for (std::size_t at = 0; at < body.size(); at += kRangeBytes) {
    const Range range{get_le<std::uint64_t>(body, at), get_le<std::uint64_t>(body, at + 8)};
    if (range.first > range.last) return Error(Errc::kCorrupt, "deletion: range");
    set.ranges_.push_back(range);
  }
  set.normalize();
  return set;
}

std::string DeletionSet::encode() const {
  std::string out(ranges_.size() * kRangeBytes, '\0');
  const MutableBytes bytes = std::as_writable_bytes(std::span(out));
  std::size_t at = 0;
  for (const Range& range : ranges_) {
    put_le(bytes, at, range.first);
    put_le(bytes, at + 8, range.last);
    at += kRangeBytes;
  }
  return out;
}

DeletionSet DeletionSet::merge(const std::vector<DeletionSet>& sets) {
  DeletionSet all;
  for (const DeletionSet& set : sets)
    all.ranges_.insert(all.ranges_.end(), set.ranges_.begin(), set.ranges_.end());
  all.normalize();
  return all;
}

bool DeletionSet::contains(Sequence sequence) const {
  const std::uint64_t number = to_number(sequence);
  const auto after = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
  return after != ranges_.begin() && number <= std::prev(after)->last;
}

std::uint64_t DeletionSet::size() const {
  std::uint64_t total = 0;
  for (const Range& range : ranges_) total += range.last - range.first + 1;
  return total;
}

}  // namespace restante::maildrop::log
