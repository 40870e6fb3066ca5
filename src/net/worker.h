// One event-loop thread: its connections, their deadlines, and the group of its coroutines. A
// connection lives on one worker from accept to close; nothing of it is shared with other threads.
//
// Deadlines are data, not timers: once a second the worker looks which have passed. Arming one is a
// store, so that a server can have a deadline for each command (granularity: a second).
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <thread>

#include "base/result.h"
#include "net/asio.h"

namespace restante::net {

class Connection;

class Worker {
 public:
  explicit Worker(std::size_t index);
  /// join() must have returned, or start() never been called.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Errors: kLimit: it has no thread.
  Status start();
  /// Waits for the thread, which ends when stop() was called and the last coroutine has ended.
  void join();

  /// Runs `work` on this thread. Callable from any thread.
  void post(std::function<void()> work);

  /// Runs the coroutine in this worker's group; an exception that leaves it is logged by `on_error`
  /// as a bug and ends that coroutine only. On the worker's thread, or before start().
  void spawn(Task<void> task);

  /// Asks every connection to end after the command under way, stops listening (on_stop calls), and
  /// after `grace` closes the rest. Callable from any thread.
  void stop(std::chrono::milliseconds grace);
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// Ends connections whose peer's TCP has not answered for this time; 0: none. Callable from any
  /// thread.
  void end_lost_peers(std::chrono::seconds span) { keepalive_ = span.count(); }

  /// Called on the worker's thread when stop() begins: for listeners.
  void on_stop(std::function<void()> action) { stop_actions_.push_back(std::move(action)); }
  /// Called with what() of an exception that left a coroutine.
  void on_error(std::function<void(const char*)> action) { error_action_ = std::move(action); }

  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  /// The time of the last tick: at most a second old.
  [[nodiscard]] std::chrono::steady_clock::time_point now() const { return now_; }

  using ConnectionList = std::list<Connection*>;
  ConnectionList::iterator enlist(Connection& connection);
  void delist(ConnectionList::iterator place);

 private:
  Task<void> run_ticks();
  void tick();
  void begin_stop(std::chrono::milliseconds grace);
  void task_ended();

  std::size_t index_;
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> guard_{context_.get_executor()};
  Timer tick_{context_};
  ConnectionList connections_;
  std::size_t tasks_ = 0;
  bool stopping_ = false;
  std::atomic<std::int64_t> keepalive_{0};  // Seconds; 0: off.
  std::size_t ticks_ = 0;
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point abort_at_ = std::chrono::steady_clock::time_point::max();
  std::vector<std::function<void()>> stop_actions_;
  std::function<void(const char*)> error_action_ = [](const char*) {};
  std::thread thread_;
};

}  // namespace restante::net
