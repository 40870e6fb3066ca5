#include "restante/work_progress.h"

#include <unistd.h>

#include <chrono>
#include <iostream>

#include "console/terminal.h"

namespace restante::cli {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(200);

}  // namespace

WorkProgress::WorkProgress(std::string title, const Output& out, std::uint64_t total_bytes)
    : title_(std::move(title)),
      shown_(!out.quiet() && ::isatty(STDERR_FILENO) == 1),
      meter_(std::chrono::steady_clock::now()),
      drawn_(std::chrono::steady_clock::now()) {
  meter_.set_total(total_bytes);
}

void WorkProgress::add(std::uint64_t bytes) {
  if (!shown_) return;
  const auto now = std::chrono::steady_clock::now();
  meter_.add(bytes, now);
  if (now - drawn_ < kBetween) return;
  drawn_ = now;
  visible_ = true;
  std::cerr << '\r' << console::render_bar(title_, meter_, console::terminal_columns() - 1)
            << std::flush;
}

void WorkProgress::take_away() {
  if (visible_) std::cerr << "\r\x1B[K" << std::flush;
  visible_ = false;
}

}  // namespace restante::cli
