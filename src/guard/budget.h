// What a peer or an account may still do: budgets that refill evenly, and failures that are
// forgotten one by one. Each is a single point in time (the generic cell rate algorithm), so that
// counting a hundred thousand peers costs eight octets each and no timer. The caller passes the
// time; a time that stands still or jumps back a little only makes a budget refill later.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace restante::guard {

using Moment = std::chrono::steady_clock::time_point;
using Span = std::chrono::steady_clock::duration;

/// A number of acts a minute: all of them at once if need be, then one each 1/n minute.
class Budget {
 public:
  /// False, and nothing is taken, when less than `n` is left. 0 `per_minute`: no limit.
  bool take(Moment now, std::uint64_t per_minute, std::uint64_t n = 1) {
    if (per_minute == 0) return true;
    const Moment after = std::max(full_at_, now) + cost(per_minute, n);
    if (after - now > kMinute) return false;
    full_at_ = after;
    return true;
  }

  /// Takes `n` in any case; how long to wait until that is paid for (0: it was there). 0
  /// `per_minute`: no limit.
  Span charge(Moment now, std::uint64_t per_minute, std::uint64_t n) {
    if (per_minute == 0 || n == 0) return Span::zero();
    full_at_ = std::max(full_at_, now) + cost(per_minute, n);
    return std::max(full_at_ - now - kMinute, Span::zero());
  }

  /// When all of it is there again: from then on there is nothing to remember.
  [[nodiscard]] Moment full_at() const { return full_at_; }

 private:
  static constexpr Span kMinute = std::chrono::minutes(1);
  static constexpr double kCostSecondsMax = 3600;

  static Span cost(std::uint64_t per_minute, std::uint64_t n) {
    const double seconds = 60.0 * static_cast<double>(n) / static_cast<double>(per_minute);
    return std::chrono::duration_cast<Span>(
        std::chrono::duration<double>(std::min(seconds, kCostSecondsMax)));
  }

  Moment full_at_{};
};

/// Failures, of which one is forgotten each kForget.
class Faults {
 public:
  static constexpr Span kForget = std::chrono::minutes(1);
  static constexpr std::int64_t kMax = 1000;

  void add(Moment now) {
    forgiven_at_ = std::min(std::max(forgiven_at_, now) + kForget, now + kMax * kForget);
  }
  [[nodiscard]] std::uint64_t count(Moment now) const {
    if (forgiven_at_ <= now) return 0;
    return static_cast<std::uint64_t>((forgiven_at_ - now + kForget - Span(1)) / kForget);
  }
  [[nodiscard]] Moment forgiven_at() const { return forgiven_at_; }

 private:
  Moment forgiven_at_{};
};

}  // namespace restante::guard
