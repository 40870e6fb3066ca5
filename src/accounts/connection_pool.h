// A bounded number of connections to one back end, made when they are needed and kept for the next
// question. A connection that broke while it lay idle is replaced once, unseen; one that breaks
// under a question is dropped, and the question fails. A back end that takes fewer connections than
// it may be asked for is asked over those that it takes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include "accounts/outage.h"
#include "base/result.h"

namespace restante::accounts {

/// How long a question waits for a connection. A back end has as many threads as connections, so
/// long waits are those for one that takes fewer, or for one of several back ends.
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

  /// The other pool has the same back end, which may limit the connections of both together: an
  /// idle one of its connections makes room for one here. Not owned; before there are threads.
  void make_room_by(ConnectionPool& other) { other_ = &other; }

  /// use(connection), which gives a Result. Errors: the use's; kIo (no connection, or none free).
  template <typename Use>
  std::invoke_result_t<Use&, Connection&> ask(Use use) {
    RESTANTE_TRY(Held held, take());
    auto asked = Clock::now();
    auto answer = use(*held.connection);
    if (held.was_idle && held.connection->broken() && !held.connection->timed_out()) {
      held.connection.reset();  // There may be no room for one more.
      begin_making();
      RESTANTE_TRY(Held another, make_or_wait(asked + patience_));
      held = std::move(another);
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
  struct Waiter {
    std::condition_variable told;
  };

  /// An idle connection, or a new one as long as there may be more; otherwise the first that is
  /// given back. The right to a connection is the caller's, with the connection.
  Result<Held> take() { return take_until(Clock::now() + patience_); }

  Result<Held> take_until(Clock::time_point deadline) {
    RESTANTE_CHECKED(outage_.is_worth_waiting(Clock::now()));
    RESTANTE_TRY(Pointer idle, acquire(deadline));
    if (const Status asked = outage_.may_ask(Clock::now()); !asked) {
      if (!idle) end_making();
      release(std::move(idle));
      return asked.error();
    }
    if (idle) return Held{std::move(idle), true};
    return make_or_wait(deadline);
  }

  /// With the right to a connection, and making it: a new one; or, where the back end has no room
  /// for one more and serves others of ours, the next that is given back.
  Result<Held> make_or_wait(Clock::time_point deadline) {
    auto fresh = connect_();
    if (!fresh && other_ != nullptr && other_->drop_idle()) fresh = connect_();
    if (fresh) {
      end_making();
      return Held{std::move(*fresh), false};
    }
    if (give_up_one(deadline)) return take_until(deadline);
    outage_.failed(fresh.error(), Clock::now());
    return std::move(fresh).error();
  }

  void begin_making() {
    const std::lock_guard lock(mutex_);
    ++making_;
  }

  void end_making() {
    const std::lock_guard lock(mutex_);
    note_end_of_making();
  }

  bool drop_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return false;
    idle_.erase(idle_.begin());
    return true;
  }

  /// A connection that breaks under one question says as little as a question without an answer.
  /// The back end counts as down when no connection can be made.
  template <typename Answer>
  void note(const Connection& connection, const Answer& answer, Clock::time_point asked) {
    const auto now = Clock::now();
    const bool refused = !answer && answer.error().code == Errc::kState;
    if (!connection.broken() || refused) {
      outage_.answered(now);
      if (!answer && answer.error().code == Errc::kIo) outage_.complained(answer.error(), now);
    } else if (!answer) {
      outage_.unanswered(answer.error(), asked, now);
    }
  }

  /// The right to one more connection, and an idle one if there is any. In the order of asking.
  Result<Pointer> acquire(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    const auto begin = Clock::now();
    const auto self = waiting_.emplace(waiting_.end());
    bool is_on = false;
    for (;;) {
      const auto now = Clock::now();
      is_on = self == waiting_.begin() && may_take(now, begin);
      if (is_on || now >= deadline) break;
      self->told.wait_until(lock, next_look(now, begin, deadline));
    }
    waiting_.erase(self);
    tell_first();
    if (!is_on)
      return Error(Errc::kIo, outage_.where() + ": all connections are waiting for an answer");
    ++in_use_;
    if (idle_.empty()) {
      ++making_;
      return Pointer();
    }
    Pointer connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  // All below: under the mutex.

  bool may_take(Clock::time_point now, Clock::time_point begin) {
    if (now >= fewer_until_) fewer_ = connections_max_;
    if (in_use_ >= fewer_) return false;
    return !idle_.empty() || in_use_ < kAtOnce || now >= begin + kBriefly;
  }

  /// When may_take() may say something else though nothing is given back.
  Clock::time_point next_look(Clock::time_point now, Clock::time_point begin,
                              Clock::time_point deadline) const {
    auto next = deadline;
    for (const auto time : {begin + kBriefly, fewer_until_})
      if (time > now) next = std::min(next, time);
    return next;
  }

  void tell_first() {
    if (!waiting_.empty()) waiting_.front().told.notify_one();
  }

  void note_end_of_making() {
    --making_;
    ++made_or_not_;
    ended_.notify_all();
  }

  [[nodiscard]] std::size_t live() const { return in_use_ - making_ + idle_.size(); }

  /// Gives the right to a connection that could not be made back. False: there is no other one, and
  /// none came of those that were being made at that moment: they may have taken the room.
  bool give_up_one(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    // At once, or others would take what could not be made for a connection.
    --in_use_;
    note_end_of_making();
    const std::uint64_t awaited = made_or_not_ + making_;
    ended_.wait_until(lock, deadline, [&] { return live() > 0 || made_or_not_ >= awaited; });
    tell_first();
    if (live() == 0) return false;
    fewer_ = live();
    fewer_until_ = Clock::now() + kFewerFor;
    return true;
  }

  void release(Pointer connection) {
    if (connection && connection->broken()) connection.reset();
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection) idle_.push_back(std::move(connection));
    tell_first();
  }

  static constexpr auto kFewerFor = std::chrono::seconds(5);
  // A new connection costs more than a quick answer takes: beyond a few, one is made only for a
  // question that has waited.
  static constexpr std::size_t kAtOnce = 4;
  static constexpr auto kBriefly = std::chrono::milliseconds(500);

  const std::size_t connections_max_;
  const std::chrono::milliseconds patience_;
  Outage& outage_;
  const Connect connect_;
  ConnectionPool* other_ = nullptr;
  std::mutex mutex_;  ///< Guards everything below.
  std::list<Waiter> waiting_;
  std::size_t in_use_ = 0;  ///< Rights that are given, with a connection or to one being made.
  std::size_t making_ = 0;  ///< Of in_use_.
  std::uint64_t made_or_not_ = 0;  ///< Attempts that have ended.
  std::condition_variable ended_;
  std::size_t fewer_ = connections_max_;  ///< As many as it takes.
  Clock::time_point fewer_until_{};
  std::vector<Pointer> idle_;
};

}  // namespace restante::accounts
