// Many sessions on one thread: a set number side by side, one after the other (closed loop), or as
// many a second as asked for, however slow the server is (open loop): then a session's time counts
// from the moment at which it should have begun, so that a server that stalls cannot hide it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "load/connection.h"
#include "load/histogram.h"

namespace restante::load {

struct RunOptions {
  Target target;
  TlsMode tls = TlsMode::kNone;
  std::vector<Script> scripts;  ///< At least one; sessions take them in turn.
  /// At least one; sessions take them in turn, and those that log in take a free one.
  std::vector<Account> accounts;
  std::size_t connections = 1;  ///< Side by side at most.
  std::uint64_t sessions = 0;   ///< How many in all; 0: until the time is over.
  std::chrono::milliseconds duration{0};
  std::optional<double> rate;                 ///< Sessions a second, open loop.
  std::chrono::milliseconds patience{60000};  ///< With one answer; then the session has failed.
};

struct Report {
  std::uint64_t sessions = 0;
  std::uint64_t failed = 0;
  std::uint64_t resumed = 0;  ///< Sessions whose TLS was.
  std::uint64_t octets = 0;   ///< Of multi-line replies.
  std::chrono::nanoseconds elapsed{0};
  Histogram session_time;
  Histogram step_time;
  std::vector<std::string> complaints;  ///< The first of them.
};

class Runner {
 public:
  explicit Runner(const RunOptions& options);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Goes on until everything has ended. With a script that holds: until all hold, then calls
  /// `all_hold`, which may wait, and closes them.
  template <typename AllHold>
  Report run(AllHold all_hold) {
    run_until_quiet();
    if (options_.scripts.front().holds && report_.failed == 0) all_hold();
    held_.clear();
    return std::move(report_);
  }

 private:
  void run_until_quiet();
  [[nodiscard]] bool may_start() const;
  [[nodiscard]] TimePoint next_start() const;
  void start_due();
  std::size_t take_account();
  void advance(Connection& connection);
  void end(Connection& connection, Connection::State state);
  void watch(const Connection& connection, int operation);
  void end_late();
  [[nodiscard]] int wait_time() const;

  const RunOptions& options_;
  TlsClients tls_;
  int epoll_;
  std::unordered_map<const Connection*, std::unique_ptr<Connection>> active_;
  std::vector<std::unique_ptr<Connection>> held_;
  std::uint64_t started_ = 0;
  std::deque<std::size_t> free_accounts_;
  TimePoint began_;
  TimePoint looked_;  // When end_late() did.
  Report report_;
};

}  // namespace restante::load
