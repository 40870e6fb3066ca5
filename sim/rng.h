// Numbers from a seed, the same on every machine: everything that a simulated run decides comes
// from here. Not for secrets.
#pragma once

#include <cstdint>

namespace restante::sim {

/// SplitMix64. Used by one thread at a time.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// 0..limit-1; 0 when limit is 0.
  std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
  /// first..last, both included.
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return first + below(last - first + 1);
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  bool percent(std::uint64_t p) { return below(100) < p; }
  /// Another generator, so that what one part draws does not move what another part draws.
  Rng fork() { return Rng(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace restante::sim
