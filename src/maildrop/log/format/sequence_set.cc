#include "maildrop/log/format/sequence_set.h"

#include <algorithm>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kRangeSizeBytes = 16;

}  // namespace

SequenceSet::SequenceSet(const std::vector<Sequence>& sequences) {
  ranges_.reserve(sequences.size());
  for (const Sequence sequence : sequences)
    ranges_.push_back({to_number(sequence), to_number(sequence)});
  normalize();
}

SequenceSet SequenceSet::all(std::uint64_t first, std::uint64_t last) {
  SequenceSet set;
  if (first <= last) set.ranges_.push_back({first, last});
  return set;
}

void SequenceSet::normalize() {
  // As a rule they come as they were written: in order.
  const auto touches = [](const Range& a, const Range& b) {
    return b.first <= a.last || b.first - a.last == 1;
  };
  if (std::ranges::adjacent_find(ranges_, touches) == ranges_.end()) return;
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

Result<SequenceSet> SequenceSet::decode(ByteView bytes) {
  if (bytes.size() % kRangeSizeBytes != 0) return Error(Errc::kCorrupt, "sequence numbers: length");
  SequenceSet set;
  for (std::size_t at = 0; at < bytes.size(); at += kRangeSizeBytes) {
    const Range range{get_le<std::uint64_t>(bytes, at), get_le<std::uint64_t>(bytes, at + 8)};
    if (range.first > range.last) return Error(Errc::kCorrupt, "sequence numbers: range");
    set.ranges_.push_back(range);
  }
  set.normalize();
  return set;
}

std::string SequenceSet::encode() const {
  std::string out(ranges_.size() * kRangeSizeBytes, '\0');
  const MutableBytes bytes = std::as_writable_bytes(std::span(out));
  std::size_t at = 0;
  for (const Range& range : ranges_) {
    put_le(bytes, at, range.first);
    put_le(bytes, at + 8, range.last);
    at += kRangeSizeBytes;
  }
  return out;
}

void SequenceSet::add(const SequenceSet& others) {
  if (others.empty()) return;
  ranges_.insert(ranges_.end(), others.ranges_.begin(), others.ranges_.end());
  normalize();
}

void SequenceSet::remove(const SequenceSet& others) {
  if (others.empty()) return;
  std::vector<Range> left;
  auto cut = others.ranges_.begin();
  for (Range range : ranges_) {
    while (cut != others.ranges_.end() && cut->last < range.first) ++cut;
    bool gone = false;
    for (auto at = cut; at != others.ranges_.end() && at->first <= range.last && !gone; ++at) {
      if (at->first > range.first) left.push_back({range.first, at->first - 1});
      gone = at->last >= range.last;
      if (!gone) range.first = at->last + 1;
    }
    if (!gone) left.push_back(range);
  }
  ranges_ = std::move(left);
}

void SequenceSet::keep(const SequenceSet& others) {
  std::vector<Range> both;
  auto other = others.ranges_.begin();
  for (const Range& range : ranges_) {
    while (other != others.ranges_.end() && other->last < range.first) ++other;
    for (auto at = other; at != others.ranges_.end() && at->first <= range.last; ++at)
      both.push_back({std::max(range.first, at->first), std::min(range.last, at->last)});
  }
  ranges_ = std::move(both);
}

const SequenceSet& SequenceSum::merged() {
  if (!is_sorted_) {
    all_.normalize();
    ++sortings_;
  }
  is_sorted_ = true;
  return all_;
}

bool SequenceSet::contains(Sequence sequence) const {
  const std::uint64_t number = to_number(sequence);
  const auto after = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
  return after != ranges_.begin() && number <= std::prev(after)->last;
}

std::uint64_t SequenceSet::size() const {
  std::uint64_t total = 0;
  for (const Range& range : ranges_) total += range.last - range.first + 1;
  return total;
}

}  // namespace restante::maildrop::log
