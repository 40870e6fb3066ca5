// Durations, counted in buckets whose width grows with the value: a percentile is right within 2 %,
// and a million values cost no more memory than ten.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace restante::load {

class Histogram {
 public:
  void add(std::chrono::nanoseconds value);
  void add(const Histogram& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The upper end of the bucket in which this share (0..1) of all values ends; 0 when empty.
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const;
  [[nodiscard]] std::chrono::nanoseconds max() const { return max_; }

 private:
  // 64 powers of two, each cut into 64.
  static constexpr std::size_t kCuts = 64;
  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t upper_end(std::size_t bucket);

  std::array<std::uint64_t, 64 * kCuts> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds max_{0};
};

}  // namespace restante::load
