#include "console/progress.h"

#include <unistd.h>

#include <iostream>

#include "console/terminal.h"

namespace restante::console {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kLineEvery{30};

bool on_terminal() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace

Progress::Progress(std::string title, const Output& out, std::string program)
    : title_(std::move(title)),
      program_(std::move(program)),
      bar_(!out.quiet() && on_terminal()),
      lines_(!program_.empty() && out.talks() && !on_terminal()),
      meter_(std::chrono::steady_clock::now()),
      drawn_(std::chrono::steady_clock::now()) {}

void Progress::add(std::uint64_t bytes) {
  const TimePoint now = std::chrono::steady_clock::now();
  meter_.add(bytes, now);
  draw(now);
}

void Progress::draw(TimePoint now) {
  if (bar_ && now - drawn_ >= kRedraw) {
    // One column stays free: some terminals wrap at the last.
    std::cerr << '\r' << render_bar(title_, meter_, terminal_columns() - 1) << "\x1B[K"
              << std::flush;
    visible_ = true;
    drawn_ = now;
  } else if (lines_ && now - drawn_ >= kLineEvery) {
    std::cerr << program_ << ": " << render_line(title_, meter_) << std::endl;
    drawn_ = now;
  }
}

void Progress::take_away() {
  if (visible_) std::cerr << "\r\x1B[K" << std::flush;
  visible_ = false;
}

}  // namespace restante::console
