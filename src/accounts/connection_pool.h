// A bounded number of connections to one back end, made when they are needed and kept for the next
// question. A connection that broke while it lay idle is replaced once, unseen; one that breaks
// under a question is dropped, and the question fails. A back end that takes fewer connections than
// it may be asked for is asked over those that it takes.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include "accounts/outage.h"
#include "base/result.h"

namespace restante::accounts {

/// Whoever asks waits so long for a connection: threads and connections are as many, so only a back
/// end that takes fewer makes anybody wait, and its questions end within their time-outs.
inline constexpr std::chrono::minutes kPatience{1};

/// `Connection` answers as a PooledConnection does. Callable from any thread.
template <typename Connection>
class ConnectionPool {
 public:
  using Pointer = std::unique_ptr<Connection>;
  using Connect = std::function<Result<Pointer>()>;
  using Clock = std::chrono::steady_clock;

  /// `patience`: how long to wait for a connection while all are in use. `outage` is not owned.
  ConnectionPool(std::size_t connections_max, std::chrono::milliseconds patience, Outage& outage,
                 Connect connect)
      : connections_max_(connections_max),
        patience_(patience),
        outage_(outage),
        connect_(std::move(connect)) {}

  /// use(connection), which gives a Result. Errors: the use's; kIo (no connection, or none free).
  template <typename Use>
  std::invoke_result_t<Use&, Connection&> ask(Use use) {
    RESTANTE_TRY(Held held, take());
    auto asked = Clock::now();
    auto answer = use(*held.connection);
    if (held.was_idle && held.connection->broken() && !held.connection->timed_out()) {
      RESTANTE_TRY(auto fresh, replace());
      held.connection = std::move(fresh);
      asked = Clock::now();
      answer = use(*held.connection);
    }
    note(*held.connection, answer, asked);
    release(std::move(held.connection));
    return answer;
  }

 private:
  struct Held {
    Pointer connection;
    bool was_idle = false;
  };

  /// An idle connection, or a new one as long as there may be more; otherwise the first that is
  /// given back. The right to a connection is the caller's, with the connection.
  Result<Held> take() {
    const auto deadline = Clock::now() + patience_;
    for (;;) {
      RESTANTE_CHECKED(outage_.is_worth_waiting(Clock::now()));
      RESTANTE_TRY(Pointer idle, acquire(deadline));
      if (const Status asked = outage_.may_ask(Clock::now()); !asked) {
        release(std::move(idle));
        return asked.error();
      }
      if (idle) return Held{std::move(idle), true};
      auto fresh = connect_();
      if (fresh) return Held{std::move(*fresh), false};
      // It serves others: it has no room for more, and is not down.
      if (!give_up_one()) return cannot_connect(std::move(fresh).error());
    }
  }

  /// Instead of one that broke. Gives the right back when it fails.
  Result<Pointer> replace() {
    auto fresh = connect_();
    if (fresh) return fresh;
    release(nullptr);
    return cannot_connect(std::move(fresh).error());
  }

  Error cannot_connect(Error error) {
    outage_.failed(error, Clock::now());
    return error;
  }

  template <typename Answer>
  void note(const Connection& connection, const Answer& answer, Clock::time_point asked) {
    const auto now = Clock::now();
    if (!connection.broken()) {
      outage_.answered(now);
      if (!answer && answer.error().code == Errc::kIo) outage_.complained(answer.error(), now);
    } else if (!answer && connection.timed_out()) {
      outage_.unanswered(answer.error(), asked, now);
    } else if (!answer) {
      outage_.failed(answer.error(), now);
    }
  }

  /// The right to one more connection, and an idle one if there is any.
  Result<Pointer> acquire(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    await_idle(lock, deadline);
    const auto free = [this] { return in_use_ < most_now(); };
    if (!changed_.wait_until(lock, deadline, free))
      return Error(Errc::kIo, outage_.where() + ": all connections are waiting for an answer");
    ++in_use_;
    if (idle_.empty()) return Pointer();
    Pointer connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  /// Under the mutex: waits for as long as connections are given back soon enough.
  void await_idle(std::unique_lock<std::mutex>& lock, Clock::time_point deadline) {
    const auto begin = Clock::now();
    while (idle_.empty() && in_use_ >= kAtOnce) {
      const auto until = std::min(deadline, std::max(begin, given_back_) + kBriefly);
      if (Clock::now() >= until) return;
      static_cast<void>(changed_.wait_until(lock, until));
    }
  }

  /// Under the mutex: how many there may be. More are tried again after a while.
  std::size_t most_now() {
    if (Clock::now() >= fewer_until_) fewer_ = connections_max_;
    return fewer_;
  }

  /// Gives the right to a connection that could not be made back. False: there is no other one.
  bool give_up_one() {
    const std::lock_guard lock(mutex_);
    --in_use_;
    changed_.notify_one();
    if (in_use_ == 0 && idle_.empty()) return false;
    fewer_ = std::max<std::size_t>(1, in_use_ + idle_.size());
    fewer_until_ = Clock::now() + kFewerFor;
    return true;
  }

  void release(Pointer connection) {
    if (connection && connection->broken()) connection.reset();
    const std::lock_guard lock(mutex_);
    --in_use_;
    given_back_ = Clock::now();
    if (connection) idle_.push_back(std::move(connection));
    changed_.notify_one();
  }

  static constexpr auto kFewerFor = std::chrono::seconds(5);
  // A new connection costs more than a quick answer takes: beyond a few, more are made only while
  // no question is answered.
  static constexpr std::size_t kAtOnce = 4;
  static constexpr auto kBriefly = std::chrono::milliseconds(500);

  const std::size_t connections_max_;
  const std::chrono::milliseconds patience_;
  Outage& outage_;
  const Connect connect_;
  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  std::size_t in_use_ = 0;
  std::size_t fewer_ = connections_max_;  ///< As many as it takes.
  Clock::time_point fewer_until_{};
  Clock::time_point given_back_{};
  std::vector<Pointer> idle_;
};

}  // namespace restante::accounts
