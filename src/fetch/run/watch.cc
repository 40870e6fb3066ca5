#include "fetch/run/watch.h"

#include <poll.h>

#include <algorithm>
#include <random>

#include "fetch/plan/backoff.h"

namespace restante::fetch {
namespace {

using std::chrono::milliseconds;

// How soon a changed configuration is noticed.
constexpr milliseconds kLookEvery{5000};

void wait_for_stop(const net::StopSignal& stop, milliseconds time) {
  pollfd raised{stop.descriptor(), POLLIN, 0};
  static_cast<void>(::poll(&raised, 1, static_cast<int>(time.count())));
}

double some_chance() {
  // Chance keeps thousands of clients of one server from coming at the same second.
  std::random_device device;
  return std::uniform_real_distribution<double>(0, 1)(device);
}

}  // namespace

WatchEnd watch(const WatchOptions& options) {
  std::uint32_t failures = 0;
  while (!options.stop.raised()) {
    const Report report = options.poll();
    failures = report.error ? failures + 1 : 0;
    const double chance = options.chance ? options.chance() : some_chance();
    milliseconds left = poll_delay(options.interval, failures, chance);
    if (options.told && !options.stop.raised()) options.told(report, left);
    while (left > milliseconds(0) && !options.stop.raised()) {
      // In steps, so that a changed configuration and a stop are noticed soon.
      const milliseconds step = std::min(left, kLookEvery);
      options.wait ? options.wait(step) : wait_for_stop(options.stop, step);
      left -= step;
      if (options.changed && options.changed()) return WatchEnd::kChanged;
    }
  }
  return WatchEnd::kStopped;
}

}  // namespace restante::fetch
