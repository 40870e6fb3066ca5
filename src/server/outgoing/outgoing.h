// Connections to other machines. The server, which talks to strangers, may make none. A process of
// its own makes them (connector.h), started before the sandbox, to configured places alone, and
// hands the sockets over. The server itself speaks on them, TLS included.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "files/descriptor.h"
#include "net/asio.h"
#include "net/worker.h"
#include "server/outgoing/connector.h"
#include "server/outgoing/far_place.h"

namespace restante::server {

/// How many connections are made at once, and to one place. The next ones wait for their turn.
inline constexpr std::size_t kOutgoingAtOnce = 64;
inline constexpr std::size_t kOutgoingToOnePlace = 32;

/// Callable from any thread.
class Outgoing {
 public:
  /// Starts the process, which ends with this object. Before there are threads, and before the
  /// sandbox. Errors: kIo, kLimit.
  static Result<std::unique_ptr<Outgoing>> start(const ConnectorPlan& plan);
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  /// A connected TCP socket, non-blocking, within `span`; the wait for a turn counts. The number of
  /// connections that are made at once is limited, and one place never takes all turns. Blocks: not
  /// for an event loop. Errors: kState (not a configured place), kNotFound (no such host),
  /// kTimeout, kIo (no answer from there; the process has ended, and another one begins), kLimit
  /// (no turn).
  Result<files::Descriptor> connect(const FarPlace& place, std::chrono::milliseconds span);
  /// The same for a coroutine of `worker`. Errors: those, and kClosed (the server stops).
  net::Task<Result<files::Descriptor>> connect(net::Worker& worker, FarPlace place,
                                               std::chrono::milliseconds span);

  /// The process that keeps the other one alive.
  [[nodiscard]] int process() const { return process_; }

 private:
  struct Channel;

  Outgoing() = default;
  /// Null: none is free for it.
  Channel* take(const FarPlace& place);
  Channel* take_locked(const FarPlace& place);
  void give_back(Channel& channel, const FarPlace& place, bool owes);
  void take_back_owing();
  [[nodiscard]] Status ask(Channel& channel, const FarPlace& place, std::chrono::milliseconds span);
  /// nullopt: not yet.
  static std::optional<Result<files::Descriptor>> answer(Channel& channel);

  std::vector<std::unique_ptr<Channel>> all_;
  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  std::vector<Channel*> free_;
  std::vector<Channel*> owing_;  ///< Their answers are not waited for any more.
  std::map<FarPlace, std::size_t> in_use_;
  int process_ = -1;
};

}  // namespace restante::server
