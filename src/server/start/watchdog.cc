#include "server/start/watchdog.h"

#include "server/common/log.h"

namespace restante::server {

void Watchdog::start(std::chrono::microseconds interval) {
  if (interval.count() == 0) return;
  // Half of the time, so that one late answer does not end the server.
  pause_ = interval / 2;
  ask();
  wait();
}

void Watchdog::ask() {
  silent_ = std::make_shared<std::atomic<std::size_t>>(workers_.size());
  for (net::Worker& worker : workers_) worker.post([silent = silent_] { --*silent; });
}

void Watchdog::wait() {
  timer_.expires_after(pause_);
  timer_.async_wait([this](const boost::system::error_code& failure) {
    if (failure) return;
    if (!pools_go_on()) {
      spdlog::error("watchdog: no work on the disk has ended for {} s, and every thread is at some",
                    std::chrono::duration_cast<std::chrono::seconds>(pause_).count());
    } else if (*silent_ == 0) {
      supervisor_.notify("WATCHDOG=1");
      ask();
    } else {
      spdlog::error("watchdog: {} of {} workers do not turn", silent_->load(), workers_.size());
    }
    wait();
  });
}

bool Watchdog::pools_go_on() {
  bool go_on = true;
  for (Watched& watched : pools_) {
    const net::BlockingPool::Progress now = watched.pool->progress();
    // Full twice, and nothing ended between: a pool that is only busy ends some work.
    const bool hangs = now.full && watched.before.full && now.ended == watched.before.ended;
    go_on = go_on && !hangs;
    watched.before = now;
  }
  return go_on;
}

}  // namespace restante::server
