#include "restante/frame/signals.h"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>

namespace restante::cli {
namespace {

// A handler finds it by this alone; it lives as long as the program.
std::optional<net::StopSignal> the_stop;

void on_signal(int signal) {
  the_stop->raise();
  ::signal(signal, SIG_DFL);
}

std::atomic<bool> the_reload = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_hangup(int /*signal*/) { the_reload = true; }

}  // namespace

Result<const net::StopSignal*> stop_on_signals() {
  if (!the_stop) {
    RESTANTE_TRY(auto made, net::StopSignal::create());
    the_stop.emplace(std::move(made));
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }
  return &*the_stop;
}

void reload_on_hangup() {
  struct sigaction action {};
  action.sa_handler = on_hangup;
  ::sigaction(SIGHUP, &action, nullptr);
}

bool take_reload() { return the_reload.exchange(false); }

bool wait_unless_stopped(const net::StopSignal& stop, std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPollMax = std::chrono::hours(24);
  const Clock::time_point end = Clock::now() + time;
  while (!stop.raised()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return true;
    pollfd wait{stop.descriptor(), POLLIN, 0};
    ::poll(&wait, 1, static_cast<int>(std::min(left, kPollMax).count()));
  }
  return false;
}

}  // namespace restante::cli
