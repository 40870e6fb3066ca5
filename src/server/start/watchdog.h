// Tells systemd, as often as its unit asks (WatchdogSec=), that the server works. Every worker is
// given a task, and the next sign of life is sent only when all of them have run it. The pools it
// watches must get something done: a pool fails when all its threads are at work and none of its
// work has ended since the last look. A server that hangs is then started again. Work that waits
// alone, as for one maildrop's lock, never has all threads (net/share_queue.h). Without
// WatchdogSec= it does nothing.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <vector>

#include "dial/notify.h"
#include "net/blocking_pool.h"
#include "net/worker.h"

namespace restante::server {

class Watchdog {
 public:
  /// Lives on the thread that runs `context`; the workers and the supervisor outlive it.
  Watchdog(net::asio::io_context& context, std::list<net::Worker>& workers,
           const net::Supervisor& supervisor)
      : timer_(context), workers_(workers), supervisor_(supervisor) {}

  /// Before start(). The pool outlives the watchdog.
  void watch(const net::BlockingPool& pool) { pools_.push_back({&pool, {}}); }
  /// Signs of life twice in `interval`; none for zero.
  void start(std::chrono::microseconds interval);
  /// No more of them; pending waits end.
  void stop() { timer_.cancel(); }

 private:
  void ask();
  void wait();
  bool pools_go_on();

  struct Watched {
    const net::BlockingPool* pool;
    net::BlockingPool::Progress before;
  };

  net::asio::steady_timer timer_;
  std::list<net::Worker>& workers_;
  const net::Supervisor& supervisor_;
  std::vector<Watched> pools_;
  std::chrono::microseconds pause_{0};
  std::shared_ptr<std::atomic<std::size_t>> silent_;  ///< Workers that have not answered yet.
};

}  // namespace restante::server
