#include "server/upkeep/clock_guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.h"
#include "files/file.h"

namespace restante::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstWords = "good_until=";
// Another size is another file, or one that a crash cut off.
constexpr std::size_t kClockBytesMax = 64;  // One number.
// A start knows the time to within an hour; a jump is a day.
constexpr auto kClockSaveInterval = std::chrono::hours(1);
// A step of this size while the clock is doubtful begins its day anew.
constexpr auto kUneven = std::chrono::hours(1);

}  // namespace

std::optional<WallTime> load_good_time(const fs::path& path) {
  const auto text = files::read_file(path, kClockBytesMax);
  if (!text || !text->starts_with(kFirstWords) || !text->ends_with('\n')) return std::nullopt;
  const auto number =
      std::string_view(*text).substr(kFirstWords.size(), text->size() - kFirstWords.size() - 1);
  const auto milliseconds = parse_decimal<std::uint64_t>(number);
  // So that sums with it cannot overflow.
  if (!milliseconds || *milliseconds > 1ULL << 62) return std::nullopt;
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(*milliseconds)));
}

Status save_good_time(const fs::path& path, WallTime time) {
  return files::as_io(files::replace_durably(
      path, fmt::format("{}{}\n", kFirstWords, time.time_since_epoch().count())));
}

ClockGuard::ClockGuard(fs::path path, std::optional<WallTime> fallback, Ask ask)
    : path_(std::move(path)), ask_(std::move(ask)), good_(ask_()), saved_(load_good_time(path_)) {
  // Neither a time that was kept nor any mail: this clock is all that there is.
  if (!fallback) fallback = good_.wall;
  // A clock that was set back is believed: it deletes nothing too early.
  good_.wall = saved_.value_or(*fallback);
}

/// The time that the clock should show, counted on from when it was good last.
WallTime ClockGuard::expected(const Moment& now) const {
  return good_.wall + std::chrono::duration_cast<WallTime::duration>(now.steady - good_.steady);
}

bool ClockGuard::has_agreed(const Moment& now) {
  const auto by_clock = now.wall - doubtful_since_->wall;
  const auto by_machine =
      std::chrono::duration_cast<WallTime::duration>(now.steady - doubtful_since_->steady);
  // Corrections of a second or an hour of summer time are no jumps.
  if (by_clock > by_machine + kUneven || by_clock < by_machine - kUneven) {
    doubtful_since_ = now;
    return false;
  }
  return by_machine >= kClockJump;
}

void ClockGuard::believe(const Moment& now) {
  doubtful_since_.reset();
  // Never back: a clock that is set back and forth would pass the test of a jump in steps.
  good_.wall = std::max(good_.wall, now.wall);
  good_.steady = now.steady;
  ahead_ = std::chrono::seconds(0);
  // Once an hour: it is a write and a sync.
  if (!saved_ || *saved_ + kClockSaveInterval <= now.wall) save();
}

ClockGuard::Verdict ClockGuard::look() {
  const Moment now = ask_();
  const WallTime awaited = expected(now);
  if (now.wall <= awaited + kClockJump) {
    const bool was_doubtful = doubtful_since_.has_value();
    believe(now);
    return was_doubtful ? Verdict::kGoodAgain : Verdict::kGood;
  }
  ahead_ = std::chrono::duration_cast<std::chrono::seconds>(now.wall - awaited);
  const bool is_new = !doubtful_since_;
  if (is_new) doubtful_since_ = now;
  // An operator may have confirmed the clock in the meantime (restantectl writes the file).
  // Before the day is over: an operator who knows better need not wait.
  const auto confirmed = load_good_time(path_);
  if ((confirmed && now.wall <= *confirmed + kClockJump) || has_agreed(now)) {
    believe(now);
    return is_new ? Verdict::kGood : Verdict::kGoodAgain;
  }
  return is_new ? Verdict::kJumped : Verdict::kDoubtful;
}

void ClockGuard::save() {
  // A doubtful time must not become the good one of the next start.
  if (doubtful_since_) return;
  // A failed save stops nothing: the next one may go well.
  if (save_good_time(path_, good_.wall)) saved_ = good_.wall;
}

}  // namespace restante::server
