#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace restante::load {

std::size_t Histogram::bucket_of(std::uint64_t value) {
  if (value < kCuts) return value;
  const auto power = static_cast<std::size_t>(std::bit_width(value)) - 1;  // 6 or more.
  return (power - 5) * kCuts + ((value >> (power - 6)) - kCuts);
}

std::uint64_t Histogram::upper_end(std::size_t bucket) {
  if (bucket < kCuts) return bucket;
  const std::size_t power = bucket / kCuts + 5;
  return ((bucket % kCuts + kCuts + 1) << (power - 6)) - 1;
}

void Histogram::add(std::chrono::nanoseconds value) {
  const auto positive = static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0));
  ++buckets_[bucket_of(positive)];
  ++count_;
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds Histogram::percentile(double share) const {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted && seen > 0)
      return std::min(max_, std::chrono::nanoseconds(static_cast<std::int64_t>(upper_end(i))));
  }
  return max_;
}

}  // namespace restante::load
