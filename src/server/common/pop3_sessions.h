// The POP3 sessions that are logged in, by account: the peer, the beginning, and how long the
// session has done nothing. A session that works writes two fields of its own and locks nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace restante::net {
class Worker;
}

namespace restante::server {

struct SessionContext;

/// One of them. Its session's thread changes it; others look through Pop3Sessions.
class OpenSession {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Outlived by everything that it refers to. `device`: of the password that it logged in by;
  /// mostly empty.
  OpenSession(std::string_view account, SessionContext& context, const std::string& device,
              TimePoint now);

  /// All is answered: it waits for its client from now on.
  void wait(TimePoint now) { note(now, true); }
  /// Octets have come, or the wait has ended otherwise.
  void work(TimePoint now) { note(now, false); }

 private:
  friend class Pop3Sessions;
  void note(TimePoint now, bool waits) {
    // One word, so that no thread sees half of it: the moment, and in the last bit whether it
    // waits.
    const std::int64_t ticks = now.time_since_epoch().count();
    state_.store((ticks & ~std::int64_t{1}) | (waits ? 1 : 0), std::memory_order_relaxed);
  }
  [[nodiscard]] std::optional<TimePoint::duration> idle(TimePoint now) const;

  std::string_view account_;
  SessionContext& context_;
  std::unique_ptr<const std::string> device_;  // Null: none.
  TimePoint since_;
  std::atomic<std::int64_t> state_{0};
};

class Pop3Sessions {
 public:
  using TimePoint = OpenSession::TimePoint;

  /// A session as it was a moment ago.
  struct Seen {
    std::string id;
    std::string peer;
    std::string device;  ///< Empty: it logged in by the account's own password.
    TimePoint since;
    /// How long no octet has moved; nullopt while a command is under way.
    std::optional<std::chrono::seconds> idle;
    net::Worker* worker = nullptr;  ///< Which runs it; outlives it.
  };

  /// Ends with its session, on that one's thread.
  struct Leave {
    void operator()(OpenSession* session) const;
  };
  using Place = std::unique_ptr<OpenSession, Leave>;

  /// Enters a session that has its account's maildrop. `account` stays where it is as long as the
  /// place. Null when there is one already: its maildrop was taken away under it.
  Place enter(std::string_view account, SessionContext& context, const std::string& device,
              TimePoint now);

  [[nodiscard]] std::optional<Seen> find(std::string_view account, TimePoint now) const;

  /// Ends this session if for `span` no octet has moved either way and no command is under way;
  /// true: it will. On the thread of its worker.
  bool end_if_idle(std::string_view account, std::string_view id, std::chrono::seconds span,
                   TimePoint now);

 private:
  void leave(const OpenSession& session);

  mutable std::mutex mutex_;
  std::unordered_map<std::string_view, OpenSession> sessions_;  // Elements stay where they are.
};

}  // namespace restante::server
