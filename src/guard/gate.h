// Who may come in, how often, and how long a wrong password is left without an answer: the state
// behind [limits], for the whole process. docs/limits.md has the reasoning. In short:
//
// - An address is an IPv4 address or an IPv6 /64. It has budgets of connections and logins, and
//   failures that delay its answers and in the end have it refused unheard.
// - An account is never refused because others guess at it: failures count against the address
//   they come from. They count against the account, too, but all that does is to delay wrong
//   answers to addresses from which it was never logged in to.
// - An address from which an account has been logged in to is known to it, and is judged by that
//   account's own failures there: an owner behind one address with an attacker gets in.
// - The same wrong password for the same account from the same address counts once.
// - A check under way counts as a failure until it has ended: a peer without room for one more
//   waits for that, and is not refused.
// - A peer that is neither trusted nor logged in is a stranger, and strangers never have all
//   connections.
//
// Knows no sockets and reads no clock: the caller passes both time and rules. All tables are
// bounded; see kEntries for what they cost. Callable from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "guard/budget.h"
#include "guard/rules.h"
#include "guard/tag.h"

namespace restante::guard {

/// A peer as the gate counts it.
struct Peer {
  IpAddress source;        ///< IPv4, or the /64 of an IPv6 address.
  Tag tag{};               ///< Of `source`.
  bool trusted = true;     ///< A Unix socket, or a trusted network: only `connections` holds.
  bool is_intake = false;  ///< Its connection is one of those that only mail may have.
};

/// The peer of a login and the account that it wants. The views are the caller's.
struct Login {
  const Peer& peer;
  std::string_view account;  ///< Canonical, or as the peer wrote it.
};

struct Use {
  std::uint64_t commands = 0;
  std::uint64_t bytes = 0;  ///< Both ways.
};

enum class Verdict : std::uint8_t {
  kWelcome,
  kConnections,         ///< limits.connections
  kAddressConnections,  ///< limits.connections_per_address
  kConnectionRate,      ///< limits.connections_per_minute
  kLoginRate,           ///< limits.logins_per_minute
  kFailedLogins,        ///< limits.failed_logins
  kChecksUnderWay,      ///< Ask again soon: were all checks under way to fail, it would be that.
};

/// The key in [limits] that said no; empty for kWelcome. For logs: fail2ban's filter knows them.
std::string_view to_text(Verdict verdict);

/// The price of a wrong password.
struct Failure {
  Span delay{};           ///< Before the answer.
  bool repeated = false;  ///< The same as before, which is not counted again.
};

/// What is logged once in ten seconds, each for itself.
enum class Told : std::uint8_t { kConnection, kRecipient, kMail };

struct Offender {
  IpAddress source;
  std::uint64_t failed_logins = 0;  ///< Not yet forgotten.
  std::uint64_t refusals = 0;       ///< Of connections and logins, since it is remembered.
};

class Gate {
 public:
  // Four tables: at the worst about 300 octets an entry in all, 20 MiB.
  static constexpr std::size_t kEntries = 65536;

  /// Each table remembers `entries`.
  explicit Gate(std::size_t entries = kEntries);

  /// A check of a password that is under way. It ends when this does. The gate outlives it.
  class Check {
   public:
    Check() = default;
    Check(Check&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), counted_by_(other.counted_by_) {}
    Check& operator=(Check&& other) noexcept {
      end();
      gate_ = std::exchange(other.gate_, nullptr);
      counted_by_ = other.counted_by_;
      return *this;
    }
    ~Check() { end(); }
    /// After failed() or succeeded(), where there is one of them to call.
    void end();

   private:
    friend class Gate;
    Gate* gate_ = nullptr;  // Null: none is under way, or its peer is trusted.
    Tag counted_by_{};
  };

  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// nullopt: a peer without an address (a Unix socket).
  [[nodiscard]] Peer know(const std::optional<IpAddress>& address, const Rules& rules) const;

  /// Counts a connection, one of `intake_connections` where the peer is_intake. kWelcome: leave()
  /// must be called when it ends. Of a refused one nothing is kept open.
  Verdict enter(const Peer& peer, const Rules& rules, Moment now);
  /// This connection, let in before, has logged in: its peer is no stranger any more.
  void logged_in(const Peer& peer);
  /// `had_logged_in`: logged_in() was called for this connection.
  void leave(const Peer& peer, bool had_logged_in = false);
  [[nodiscard]] std::uint64_t connections() const;  ///< Open now.

  /// A password as failed() wants it, to be made before it is wiped; nullopt when it is empty.
  [[nodiscard]] std::optional<Tag> tag_of(std::string_view password) const;
  /// Before the password is looked at. kWelcome: `check` is under way from now on.
  Verdict may_log_in(const Login& login, const Rules& rules, Moment now, Check& check);
  /// Before the end of a login that may_log_in() has let begin, when work had to be done in
  /// between: whether the failures of others have closed the door meanwhile. Takes nothing from a
  /// budget.
  Verdict may_go_on(const Login& login, const Rules& rules, Moment now);
  /// The password was wrong, or there is no such account. nullopt, where a mechanism does not show
  /// the password: each such failure counts.
  Failure failed(const Login& login, const std::optional<Tag>& password, const Rules& rules,
                 Moment now);
  /// The password was right. False: the account has logged in too often
  /// (account_logins_per_minute).
  bool succeeded(const Login& login, const Rules& rules, Moment now);

  /// Counts the work of a logged-in account; the result is its wait before more.
  Span used(const Login& login, const Use& use, const Rules& rules, Moment now);

  /// Whether to log a refusal of this peer: the first, and then one in ten seconds, with the number
  /// of those that were not. A flood must not fill the disk by the log.
  std::optional<std::uint64_t> may_log(const Peer& peer, Moment now, Told what = Told::kConnection);

  /// A recipient that the peer asked for is not there: how long to hold the answer back.
  Span recipient_refused(const Peer& peer, const Rules& rules, Moment now);
  /// Whether the peer may make the disk say how full a maildrop is.
  bool may_ask_for_quota(const Peer& peer, Moment now);
  /// Counts octets of unfinished mail. False, and they are not counted: too many of this peer's.
  /// True: spool_gone() must be called for them.
  bool may_spool(const Peer& peer, std::uint64_t octets, const Rules& rules);
  void spool_gone(const Peer& peer, std::uint64_t octets);

  /// Those with the most failures and refusals, at most `count`, the worst first.
  [[nodiscard]] std::vector<Offender> worst(std::size_t count, Moment now) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante::guard
