// How long something took, by fixed buckets: a note costs a search among 16 numbers and two relaxed
// additions. Callable from any thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "server/measures/counter.h"

namespace restante::server {

class Histogram {
 public:
  using Span = std::chrono::nanoseconds;
  using Steady = std::chrono::steady_clock;

  /// The upper ends of the buckets; what took longer is in one more.
  static constexpr std::array<std::chrono::microseconds, 16> kBounds{
      std::chrono::microseconds(100),  std::chrono::microseconds(250),
      std::chrono::microseconds(500),  std::chrono::milliseconds(1),
      std::chrono::microseconds(2500), std::chrono::milliseconds(5),
      std::chrono::milliseconds(10),   std::chrono::milliseconds(25),
      std::chrono::milliseconds(50),   std::chrono::milliseconds(100),
      std::chrono::milliseconds(250),  std::chrono::milliseconds(500),
      std::chrono::seconds(1),         std::chrono::milliseconds(2500),
      std::chrono::seconds(10),        std::chrono::seconds(30)};

  void note(Span span) {
    const auto bucket = std::ranges::lower_bound(kBounds, span);
    buckets_[static_cast<std::size_t>(bucket - kBounds.begin())].add();
    nanoseconds_.add(static_cast<std::uint64_t>(std::max(Span::zero(), span).count()));
  }

  /// Of this bucket alone; kBounds.size() is the last.
  [[nodiscard]] std::uint64_t in_bucket(std::size_t bucket) const {
    return buckets_[bucket].value();
  }
  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t out = 0;
    for (const Counter& bucket : buckets_) out += bucket.value();
    return out;
  }
  [[nodiscard]] Span sum() const { return Span(static_cast<Span::rep>(nanoseconds_.value())); }

 private:
  std::array<Counter, kBounds.size() + 1> buckets_;
  Counter nanoseconds_;
};

/// Notes the time from here to the end of the scope.
class Stopwatch {
 public:
  explicit Stopwatch(Histogram& histogram)
      : histogram_(histogram), began_(Histogram::Steady::now()) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { histogram_.note(Histogram::Steady::now() - began_); }

 private:
  Histogram& histogram_;
  const Histogram::Steady::time_point began_;
};

}  // namespace restante::server
