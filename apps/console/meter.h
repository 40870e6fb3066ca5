// How far a long work is, and how fast: numbers, and one line that says them. Pure: is told the
// time and the width.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "config/size.h"

namespace restante::console {

using TimePoint = std::chrono::steady_clock::time_point;

/// What is counted.
enum class Unit : std::uint8_t { kBytes, kPieces };

/// How much of a work is done, and how fast. Pure: is told the time.
class WorkMeter {
 public:
  explicit WorkMeter(TimePoint start) : samples_{{start, 0}} {}

  void set_total(std::uint64_t total, Unit unit = Unit::kBytes) {
    total_ = total;
    unit_ = unit;
  }
  void add(std::uint64_t bytes, TimePoint now);

  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] Unit unit() const { return unit_; }
  /// Of them a second over the last seconds; 0 when nothing is known yet.
  [[nodiscard]] double rate() const;
  /// Nothing while it is unknown.
  [[nodiscard]] std::optional<std::chrono::seconds> left() const;

 private:
  struct Sample {
    TimePoint time;
    std::uint64_t done;
  };

  std::uint64_t total_ = 0;
  Unit unit_ = Unit::kBytes;
  std::uint64_t done_ = 0;
  std::deque<Sample> samples_;  // Not empty; the last seconds.
};

using config::human_bytes;
/// "0:07", "12:34", "1:02:03".
std::string human_time(std::chrono::seconds time);
/// One line of at most `columns` columns: "checking  1.2 GiB of 3.4 GiB  35%  [###   ]  …".
std::string render_bar(const std::string& title, const WorkMeter& meter, std::size_t columns);
/// The same without a bar, for a file or a pipe.
std::string render_line(const std::string& title, const WorkMeter& meter);

}  // namespace restante::console
