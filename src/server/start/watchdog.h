// Says to systemd, as often as its unit asks (WatchdogSec=), that every worker still turns: each is
// given a task, and only when all of them have run the next sign of life is sent; and that the
// pools it watches get something done: one whose threads are all at work, and none of whose work
// has ended since it was looked at, does not. A server that hangs is then started again. Work that
// waits alone, as for one maildrop's lock, has never all threads (net/share_queue.h). Without
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
