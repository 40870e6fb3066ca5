// Whether the machine's clock may be believed where that deletes mail. One that jumps ahead by more
// than a day makes everything look old: retention would delete it, and reclaiming would take the
// octets of what was just deleted. So both stop, until an operator says that the clock is right, or
// it has gone on evenly for a day. The last time is kept in data_dir, so that a restart with a
// wrong clock is noticed, too.
//
// Weak: a clock that was wrong for a day is believed.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace restante::server {

/// In data_dir.
inline constexpr const char* kClockFileName = "clock";

/// The time that was written down last; nullopt: none that can be read.
std::optional<WallTime> load_good_time(const std::filesystem::path& path);
/// Errors: kIo.
Status save_good_time(const std::filesystem::path& path, WallTime time);

/// A clock that is ahead by more than this is not believed.
inline constexpr auto kClockJump = std::chrono::days(1);

/// Used by one thread.
class ClockGuard {
 public:
  struct Moment {
    WallTime wall{};
    std::chrono::steady_clock::time_point steady{};
  };
  using Ask = std::function<Moment()>;
  enum class Verdict : std::uint8_t {
    kGood,
    kJumped,     ///< Just now: to be told.
    kDoubtful,   ///< Still.
    kGoodAgain,  ///< Just now: confirmed, or it has gone on evenly for a day.
  };

  /// `path`: where the time is kept. `fallback`: when nothing is, the time to start from.
  ClockGuard(std::filesystem::path path, std::optional<WallTime> fallback, Ask ask);

  /// Looks at the clock; to be asked before anything is deleted by it.
  Verdict look();
  /// By how much it is ahead, when it is doubtful.
  [[nodiscard]] std::chrono::seconds ahead() const { return ahead_; }
  /// Writes down the time, if it is good.
  void save();

 private:
  [[nodiscard]] WallTime expected(const Moment& now) const;
  [[nodiscard]] bool has_agreed(const Moment& now);
  void believe(const Moment& now);

  const std::filesystem::path path_;
  const Ask ask_;
  Moment good_;  // The last that was believed.
  std::optional<Moment> doubtful_since_;
  std::optional<WallTime> saved_;
  std::chrono::seconds ahead_{0};
};

}  // namespace restante::server
