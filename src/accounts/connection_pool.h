// A bounded number of connections to one back end, made when they are needed and kept for the next
// question. A connection that broke while it lay idle is replaced once, unseen; one that breaks
// under a question is dropped, and the question fails.
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

/// `Connection` answers as a PooledConnection does. Callable from any thread.
template <typename Connection>
class ConnectionPool {
 public:
  using Pointer = std::unique_ptr<Connection>;
  using Connect = std::function<Result<Pointer>()>;

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
    RESTANTE_CHECKED(outage_.may_ask(std::chrono::steady_clock::now()));
    RESTANTE_TRY(Pointer connection, acquire());
    const bool was_idle = connection != nullptr;
    if (!was_idle) {
      auto fresh = connect();
      if (!fresh) return std::move(fresh).error();
      connection = std::move(*fresh);
    }
    auto answer = use(*connection);
    if (was_idle && connection->broken() && !connection->timed_out()) {
      auto fresh = connect();
      if (!fresh) return std::move(fresh).error();
      connection = std::move(*fresh);
      answer = use(*connection);
    }
    if (!connection->broken()) {
      outage_.answered();
    } else if (!answer) {
      outage_.failed(answer.error(), std::chrono::steady_clock::now());
    }
    release(std::move(connection));
    return answer;
  }

 private:
  /// The right to one more connection, and an idle one if there is any.
  Result<Pointer> acquire() {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return in_use_ < connections_max_; };
    if (!changed_.wait_for(lock, patience_, free))
      return Error(Errc::kIo, outage_.where() + ": all connections are waiting for an answer");
    ++in_use_;
    if (idle_.empty()) return Pointer();
    Pointer connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  /// Gives the right back when it fails.
  Result<Pointer> connect() {
    auto fresh = connect_();
    if (fresh) return fresh;
    outage_.failed(fresh.error(), std::chrono::steady_clock::now());
    release(nullptr);
    return fresh;
  }

  void release(Pointer connection) {
    if (connection && connection->broken()) connection.reset();
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection) idle_.push_back(std::move(connection));
    changed_.notify_one();
  }

  const std::size_t connections_max_;
  const std::chrono::milliseconds patience_;
  Outage& outage_;
  const Connect connect_;
  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  std::size_t in_use_ = 0;
  std::vector<Pointer> idle_;
};

}  // namespace restante::accounts
