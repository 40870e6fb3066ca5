#include "net/worker.h"

#include "base/thread.h"
#include "net/connection.h"

namespace restante::net {
namespace {

constexpr auto kTick = std::chrono::seconds(1);
// To ask the kernel after a peer is a system call: each tick asks after some of them.
// Waits of a stop end with the tick, and a supervisor is waiting for us.
constexpr std::size_t kTicksALook = 4;
constexpr auto kTickWhileStopping = std::chrono::milliseconds(50);

}  // namespace

Worker::Worker(std::size_t index) : index_(index) {}

Worker::~Worker() = default;

Status Worker::start() {
  // Deadlines are looked at once a second for all connections: a timer each would cost memory and
  // two changes of a heap a command.
  asio::co_spawn(context_, run_ticks(), asio::detached);
  RESTANTE_TRY(auto thread, start_thread([this] { context_.run(); }));
  thread_ = std::move(thread);
  return ok();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::post(std::function<void()> work) { asio::post(context_, std::move(work)); }

void Worker::spawn(Task<void> task) {
  // Counted by us: a context runs dry only with its guard gone, and a stop has to know when that
  // may be.
  ++tasks_;
  asio::co_spawn(context_, std::move(task), [this](const std::exception_ptr& failure) {
    if (failure) {
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& e) {
        error_action_(e.what());
      } catch (...) {
        error_action_("not a std::exception");
      }
    }
    task_ended();
  });
}

void Worker::task_ended() {
  // The last session lets run() return. Before a stop the guard keeps an idle worker in it.
  if (--tasks_ == 0 && stopping_) {
    tick_.cancel();
    guard_.reset();
  }
}

void Worker::stop(std::chrono::milliseconds grace) {
  post([this, grace] { begin_stop(grace); });
}

void Worker::begin_stop(std::chrono::milliseconds grace) {
  if (stopping_) return;
  stopping_ = true;
  // From here on, not from the call: a worker that was busy meanwhile owes its sessions the whole
  // grace.
  abort_at_ = std::chrono::steady_clock::now() + grace;
  // The listeners first: what comes now goes to the server that follows.
  for (const auto& action : stop_actions_) action();
  for (Connection* connection : connections_) connection->request_shutdown();
  tick_.cancel();  // The next tick comes sooner from now on.
  if (tasks_ == 0) guard_.reset();
}

Worker::ConnectionList::iterator Worker::enlist(Connection& connection) {
  // It was accepted while the stop came: no one else would tell it.
  if (stopping_) connection.request_shutdown();
  return connections_.insert(connections_.end(), &connection);
}

void Worker::delist(ConnectionList::iterator place) { connections_.erase(place); }

Task<void> Worker::run_ticks() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!stopping_ || tasks_ > 0) {
    tick_.expires_after(stopping_ ? kTickWhileStopping : kTick);
    const auto waited = co_await tick_.async_wait(kUseTuple);
    static_cast<void>(waited);  // A cancelled tick is a tick that came sooner.
    tick();
  }
}

void Worker::tick() {
  now_ = std::chrono::steady_clock::now();
  const std::chrono::seconds keepalive(keepalive_);
  // Begins one further on at each tick, so that all have their turn within kTicksALook of them.
  std::size_t turn = ++ticks_;
  for (Connection* connection : connections_) {
    if (now_ >= abort_at_) connection->abort();
    if (now_ >= connection->deadline()) connection->expire();
    if (keepalive.count() != 0 && ++turn % kTicksALook == 0) connection->end_if_lost(keepalive);
  }
}

}  // namespace restante::net
