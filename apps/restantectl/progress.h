// How far a long work is: a bar with rate and remaining time on a terminal, else a plain line now
// and then. And the pace that such a work keeps, when it is to leave the disk to others.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "maildrop/store.h"
#include "restantectl/output.h"

namespace restante::ctl {

using TimePoint = std::chrono::steady_clock::time_point;

/// What is done of what there is, and how fast. Pure: is told the time.
class Meter {
 public:
  explicit Meter(TimePoint start) : samples_{{start, 0}} {}

  void set_total(std::uint64_t bytes) { total_ = bytes; }
  void add(std::uint64_t bytes, TimePoint now);

  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// Bytes a second over the last seconds; 0 when nothing is known yet.
  [[nodiscard]] double rate() const;
  /// Nothing when nobody can tell.
  [[nodiscard]] std::optional<std::chrono::seconds> left() const;

 private:
  struct Sample {
    TimePoint time;
    std::uint64_t done;
  };

  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::deque<Sample> samples_;  // Not empty; the last seconds.
};

/// "1.5 GiB"; three digits at most before the unit.
std::string human_bytes(double bytes);
/// "0:07", "12:34", "1:02:03".
std::string human_time(std::chrono::seconds time);
/// One line of at most `columns` columns: "checking  1.2 GiB of 3.4 GiB  35%  [###   ]  …".
std::string render_bar(const std::string& title, const Meter& meter, std::size_t columns);
/// The same without a bar, for a file or a pipe.
std::string render_line(const std::string& title, const Meter& meter);

/// When the next bytes may be read so that no more than `bytes_per_second` are.
class RateLimit {
 public:
  /// 0: no limit.
  explicit RateLimit(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}
  /// After `bytes` were read now.
  TimePoint next(std::uint64_t bytes, TimePoint now);

 private:
  const std::uint64_t rate_;
  TimePoint free_{};
};

/// Draws on stderr; takes the bar away when it ends.
class Progress {
 public:
  /// In JSON mode nothing is said off a terminal.
  Progress(std::string title, const Output& out, std::uint64_t bytes_per_second = 0);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set_total(std::uint64_t bytes) { meter_.set_total(bytes); }
  /// Counts the bytes and waits, if the rate asks for it.
  void add(std::uint64_t bytes);
  /// add() for the store and the backup; not to outlive this.
  maildrop::Pace pace();
  void finish();

 private:
  void draw(TimePoint now);

  const std::string title_;
  const bool quiet_;
  const bool terminal_;
  Meter meter_;
  RateLimit limit_;
  TimePoint drawn_;
  bool shown_ = false;
};

}  // namespace restante::ctl
