#include "restantectl/progress.h"

#include <unistd.h>

#include <condition_variable>
#include <iostream>
#include <mutex>

#include "console/terminal.h"

namespace restante::ctl {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kLineEvery{30};

void wait_until(TimePoint time) {
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock(mutex);
  nobody.wait_until(lock, time, [] { return false; });
}

}  // namespace

TimePoint RateLimit::next(std::uint64_t bytes, TimePoint now) {
  if (rate_ == 0) return now;
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  free_ = std::max(free_, now) + std::chrono::duration_cast<TimePoint::duration>(cost);
  return free_;
}

Progress::Progress(std::string title, const Output& out, std::uint64_t bytes_per_second)
    : title_(std::move(title)),
      quiet_(out.json()),
      terminal_(::isatty(STDERR_FILENO) == 1),
      meter_(std::chrono::steady_clock::now()),
      limit_(bytes_per_second),
      drawn_(std::chrono::steady_clock::now()) {}

void Progress::add(std::uint64_t bytes) {
  const TimePoint now = std::chrono::steady_clock::now();
  meter_.add(bytes, now);
  draw(now);
  const TimePoint next = limit_.next(bytes, now);
  if (next > now) wait_until(next);
}

maildrop::Pace Progress::pace() {
  return [this](std::uint64_t bytes) {
    add(bytes);
    return true;
  };
}

void Progress::draw(TimePoint now) {
  if (terminal_) {
    if (now - drawn_ < kRedraw) return;
    // One column stays free: some terminals wrap at the last.
    std::cerr << '\r' << render_bar(title_, meter_, console::terminal_columns() - 1) << "\x1B[K"
              << std::flush;
    shown_ = true;
  } else {
    if (quiet_ || now - drawn_ < kLineEvery) return;
    std::cerr << "restantectl: " << render_line(title_, meter_) << std::endl;
  }
  drawn_ = now;
}

void Progress::finish() {
  if (shown_) std::cerr << "\r\x1B[K" << std::flush;
  shown_ = false;
}

}  // namespace restante::ctl
