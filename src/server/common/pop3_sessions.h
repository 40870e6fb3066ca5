// The POP3 sessions that are logged in, by account: the peer, the beginning, how long the session
// has done nothing, and what it has moved. A session that works writes fields of its own and locks
// nothing.
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
#include <vector>

namespace restante::net {
class Worker;
}

namespace restante::server {

struct SessionContext;

/// What a session has moved: its own thread adds, and others look.
class SessionUse {
 public:
  void add_retrieved() { add(retrieved_, 1); }
  void add_octets(std::uint64_t octets) { add(octets_, octets); }
  [[nodiscard]] std::uint64_t retrieved() const {
    return retrieved_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t octets() const { return octets_.load(std::memory_order_relaxed); }

 private:
  // One thread alone writes, so that it takes no locked instruction.
  static void add(std::atomic<std::uint64_t>& to, std::uint64_t count) {
    to.store(to.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  std::atomic<std::uint64_t> retrieved_{0};  // Messages that went out whole.
  std::atomic<std::uint64_t> octets_{0};
};

/// How a session enters. What it refers to outlives its place.
struct Entrant {
  std::string_view account;
  SessionContext& context;
  const std::string& device;  ///< Of the password that it logged in by; mostly empty. Is copied.
  const std::string& view;    ///< Of the maildrop; empty: the default one. Is copied.
  const SessionUse& use;
  bool elsewhere = false;  ///< Its mail is on another server.
};

/// One of them. Its session's thread changes it; others look through Pop3Sessions.
class OpenSession {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  OpenSession(const Entrant& entrant, TimePoint now);

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
  const SessionUse& use_;
  std::unique_ptr<const std::string> device_;  // Null: none.
  std::unique_ptr<const std::string> view_;    // Null: the default one.
  bool elsewhere_;
  bool has_tls_;
  TimePoint since_;
  std::atomic<std::int64_t> state_{0};
};

class Pop3Sessions {
 public:
  using TimePoint = OpenSession::TimePoint;

  /// A session as it was a moment ago.
  struct Seen {
    std::string id;
    std::string account;
    std::string peer;
    std::string listener;  ///< As the configuration has its address.
    std::string device;    ///< Empty: it logged in by the account's own password.
    std::string view;      ///< Empty: the default one.
    TimePoint since;
    /// How long no octet has moved; nullopt while a command is under way.
    std::optional<std::chrono::seconds> idle;
    std::uint64_t retrieved = 0;  ///< Messages that went out whole; elsewhere: unknown.
    std::uint64_t octets = 0;
    bool has_tls = false;
    bool elsewhere = false;
    net::Worker* worker = nullptr;  ///< Which runs it; outlives it.
  };

  /// Ends with its session, on that one's thread.
  struct Leave {
    void operator()(OpenSession* session) const;
  };
  using Place = std::unique_ptr<OpenSession, Leave>;

  /// Enters a session that has its account's maildrop; never null. An account may have several:
  /// of several views, elsewhere, or where its maildrop was taken away under one.
  Place enter(const Entrant& entrant, TimePoint now);

  /// The newest of this account's that has this view.
  [[nodiscard]] std::optional<Seen> find(std::string_view account, std::string_view view,
                                         TimePoint now) const;
  [[nodiscard]] std::optional<Seen> find_id(std::string_view id, TimePoint now) const;
  [[nodiscard]] std::vector<Seen> list_of(std::string_view account, TimePoint now) const;
  /// The sessions that have moved the most octets, at most `most` of them, in no order.
  [[nodiscard]] std::vector<Seen> busiest(std::size_t most, TimePoint now) const;
  [[nodiscard]] std::size_t count() const;

  /// Ends this session if for `span` no octet has moved either way and no command is under way;
  /// true: it will. On the thread of its worker.
  bool end_if_idle(std::string_view account, std::string_view id, std::chrono::seconds span,
                   TimePoint now);

  /// Ends this session, also in the middle of an answer: it deletes nothing, unless its QUIT is
  /// under way. False: it has ended. On the thread of its worker.
  bool end(std::string_view account, std::string_view id);

 private:
  // Elements stay where they are.
  using Sessions = std::unordered_multimap<std::string_view, OpenSession>;

  void leave(const OpenSession& session);
  // With the lock.
  static Seen seen_of(const OpenSession& session, TimePoint now);
  [[nodiscard]] Sessions::const_iterator find_one(std::string_view account,
                                                  std::string_view id) const;

  mutable std::mutex mutex_;
  Sessions sessions_;
};

}  // namespace restante::server
