#include "guard/gate.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/limits.h"
#include "guard/open_counts.h"
#include "guard/table.h"

namespace restante::guard {
namespace {

constexpr unsigned kV6Bits = 64;  // A customer with one address has all 2^64 of its network.
// A month: a holiday later the client at home is still known.
constexpr Span kPairMemory = std::chrono::days(30);
// A device that keeps the old password asks for days; a list of guesses goes on longer.
constexpr Span kWrongMemory = std::chrono::days(1);
// Long enough that a flood leaves few lines, and short enough that one looks at its beginning.
constexpr Span kLogPause = std::chrono::seconds(10);
// A person who mistyped does not notice it; a program that guesses does.
constexpr Span kFirstDelay = std::chrono::seconds(1);

struct Logged {
  Moment at{};
  std::uint32_t left_out = 0;
};

struct Address {
  IpAddress source;
  Budget connections;
  Budget logins;
  Budget refused_recipients;
  Budget quota_questions;
  Faults faults;
  std::array<Logged, 3> logged;  // By Told.
  std::uint32_t refusals = 0;
  [[nodiscard]] Moment keep_until() const {
    // While any of these says something the entry is of use; after that it is no more than an empty
    // one.
    return std::max({connections.full_at(), logins.full_at(), refused_recipients.full_at(),
                     quota_questions.full_at(), faults.forgiven_at(), logged[0].at, logged[1].at,
                     logged[2].at});
  }
};

struct Account {
  Budget logins;
  Budget commands;
  Budget bytes;
  Faults faults;  // Of addresses that the account does not know.
  [[nodiscard]] Moment keep_until() const {
    return std::max({logins.full_at(), commands.full_at(), bytes.full_at(), faults.forgiven_at()});
  }
};

/// An account and an address from which it has been logged in to.
struct Pair {
  Moment logged_in{};
  Faults faults;
  [[nodiscard]] Moment keep_until() const { return logged_in + kPairMemory; }
};

/// A wrong password for an account from an address.
struct Wrong {
  Moment seen{};
  [[nodiscard]] Moment keep_until() const { return seen + kWrongMemory; }
};

/// 1 s for the first, doubled by each further one.
Span delay_of(std::uint64_t faults, Span longest) {
  Span delay = kFirstDelay;
  // Compared at each step, so that a large count cannot overflow the doubling.
  for (std::uint64_t i = 1; i < faults && delay < longest; ++i) delay *= 2;
  return faults == 0 ? Span::zero() : std::min(delay, longest);
}

/// Rounded up: where few connections are allowed, strangers may have all of them.
std::uint64_t strangers_max(std::uint64_t connections) {
  constexpr std::uint64_t kWhole = 100;
  // The whole hundreds and the rest apart: the product of both could overflow.
  return connections / kWhole * limits::kStrangersPercent +
         (connections % kWhole * limits::kStrangersPercent + kWhole - 1) / kWhole;
}

/// False, and nothing is counted, when there are `most`.
bool count_up(std::atomic<std::uint64_t>& count, std::uint64_t most) {
  // Counted up first: two that come at once must not both see the last place free.
  if (count.fetch_add(1) < most) return true;
  count.fetch_sub(1);
  return false;
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWelcome: return "";
    case Verdict::kConnections: return "connections";
    case Verdict::kAddressConnections: return "connections_per_address";
    case Verdict::kConnectionRate: return "connections_per_minute";
    case Verdict::kLoginRate: return "logins_per_minute";
    case Verdict::kFailedLogins:
    case Verdict::kChecksUnderWay: return "failed_logins";
  }
  return "";
}

struct Gate::State {
  explicit State(std::size_t entries)
      : addresses(entries), accounts(entries), pairs(entries), wrongs(entries) {}

  Tagger tagger;
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> intake{0};     // Not among those.
  std::atomic<std::uint64_t> strangers{0};  // Of them.
  OpenCounts open_counts;
  OpenCounts checks;  // By address, or by pair where failures are counted by pair.
  OpenCounts spools;
  Table<Address> addresses;
  Table<Account> accounts;
  Table<Pair> pairs;
  Table<Wrong> wrongs;

  template <typename Use>
  auto with_address(const Peer& peer, Use use) {
    return addresses.update(peer.tag, [&](Address& address) {
      address.source = peer.source;
      return use(address);
    });
  }
  void refused(const Peer& peer) {
    with_address(peer, [](Address& address) { ++address.refusals; });
  }
  /// Known, and not itself the place from which the account is being guessed at.
  [[nodiscard]] bool is_known(const Tag& pair_tag, const Rules& rules, Moment now) const {
    return pairs.look(pair_tag, [&](const Pair* pair) {
      if (pair == nullptr || pair->keep_until() <= now) return false;
      // Else an attacker behind the same address would be let through by the client that he shares
      // it with.
      return rules.failed_logins == 0 || pair->faults.count(now) < rules.failed_logins;
    });
  }
  /// Failures that judge this login: the pair's where it is known, else the address's.
  [[nodiscard]] std::uint64_t faults_of(const Login& login, const Tag& pair_tag, bool known,
                                        Moment now) const {
    const auto count = [now](const auto* entry) {
      return entry == nullptr ? 0 : entry->faults.count(now);
    };
    return known ? pairs.look(pair_tag, count) : addresses.look(login.peer.tag, count);
  }
  Verdict refuse(const Peer& peer, Verdict verdict) {
    refused(peer);
    return verdict;
  }
  /// True when it was not seen before.
  bool note_wrong(const Tag& tag, Moment now) {
    return wrongs.update(tag, [&](Wrong& wrong) {
      const bool is_new = wrong.seen == Moment{} || wrong.keep_until() <= now;
      // The time goes on: the same wrong password is one fault as long as its device keeps asking.
      wrong.seen = now;
      return is_new;
    });
  }
};

Gate::Gate(std::size_t entries) : state_(std::make_unique<State>(entries)) {}
Gate::~Gate() = default;

Peer Gate::know(const std::optional<IpAddress>& address, const Rules& rules) const {
  Peer peer;
  if (!address) return peer;
  peer.trusted = contains(rules.trusted, *address);
  // One customer of IPv6 has more addresses than any table, and moves among them at will.
  peer.source = address->is_v4() ? *address : address->masked(kV6Bits);
  const auto& bytes = peer.source.bytes();
  peer.tag = state_->tagger.of(
      std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return peer;
}

Verdict Gate::enter(const Peer& peer, const Rules& rules, Moment now) {
  auto& open = peer.is_intake ? state_->intake : state_->open;
  // Intake has a count of its own: a flood of readers must not stop the mail, nor the other way.
  const std::uint64_t most = peer.is_intake ? rules.intake_connections : rules.connections;
  if (!count_up(open, most)) return Verdict::kConnections;
  // The operator's own machines, such as webmail, bring all users from one address.
  if (peer.trusted) return Verdict::kWelcome;
  // A share stays free for clients that log in, however many strangers come.
  if (!peer.is_intake && !count_up(state_->strangers, strangers_max(rules.connections))) {
    open.fetch_sub(1);
    return Verdict::kConnections;
  }
  Verdict verdict = Verdict::kWelcome;
  // The largest count first, the dearest look last: a flood is refused at the least cost.
  if (!state_->open_counts.add(peer.tag, rules.connections_per_address)) {
    verdict = Verdict::kAddressConnections;
  } else if (rules.connections_per_minute != 0) {
    const bool in_time = state_->with_address(peer, [&](Address& address) {
      return address.connections.take(now, rules.connections_per_minute);
    });
    if (in_time) return Verdict::kWelcome;
    // Every count that was taken is given back: a refusal must not use up a place.
    state_->open_counts.remove(peer.tag);
    verdict = Verdict::kConnectionRate;
  }
  if (verdict == Verdict::kWelcome) return verdict;
  open.fetch_sub(1);
  if (!peer.is_intake) state_->strangers.fetch_sub(1);
  return state_->refuse(peer, verdict);
}

void Gate::logged_in(const Peer& peer) {
  if (!peer.trusted && !peer.is_intake) state_->strangers.fetch_sub(1);
}

void Gate::leave(const Peer& peer, bool had_logged_in) {
  (peer.is_intake ? state_->intake : state_->open).fetch_sub(1);
  if (peer.trusted) return;
  state_->open_counts.remove(peer.tag);
  if (!peer.is_intake && !had_logged_in) state_->strangers.fetch_sub(1);
}

std::uint64_t Gate::connections() const { return state_->open.load() + state_->intake.load(); }

std::optional<Tag> Gate::tag_of(std::string_view password) const {
  if (password.empty()) return std::nullopt;
  return state_->tagger.of(password);
}

void Gate::Check::end() {
  if (gate_ != nullptr) gate_->state_->checks.remove(counted_by_);
  gate_ = nullptr;
}

// Counted first, and only then compared: failed() notes a failure before its check ends, so that
// each of them is seen as the one or the other, and never as neither.
Verdict Gate::may_log_in(const Login& login, const Rules& rules, Moment now, Check& check) {
  check.end();
  if (login.peer.trusted) return Verdict::kWelcome;
  // Of both: a guess from elsewhere must not close the account to the client that knows its
  // password.
  const Tag pair_tag = state_->tagger.of({state_->tagger.of(login.account), login.peer.tag});
  const bool known = state_->is_known(pair_tag, rules, now);
  Check begun;
  if (rules.failed_logins != 0) {
    begun.counted_by_ = known ? pair_tag : login.peer.tag;
    // Without an upper bound here: the sum with the faults is what is compared.
    const std::uint64_t under_way = state_->checks.add(begun.counted_by_, 0).value_or(0);
    begun.gate_ = this;
    const std::uint64_t faults = state_->faults_of(login, pair_tag, known, now);
    // A pair that has come to its limit is known no more: then its address is judged.
    if (!known && faults >= rules.failed_logins)
      return state_->refuse(login.peer, Verdict::kFailedLogins);
    // A check that is under way may fail: a burst of guesses gets no more tries than one after the
    // other.
    if (faults + under_way > rules.failed_logins) return Verdict::kChecksUnderWay;
  }
  const bool in_time = state_->with_address(login.peer, [&](Address& address) {
    return address.logins.take(now, rules.logins_per_minute);
  });
  if (!in_time) return state_->refuse(login.peer, Verdict::kLoginRate);
  check = std::move(begun);
  return Verdict::kWelcome;
}

Verdict Gate::may_go_on(const Login& login, const Rules& rules, Moment now) {
  // For a step in the middle of an exchange: others from this address may have failed meanwhile.
  if (login.peer.trusted || rules.failed_logins == 0) return Verdict::kWelcome;
  const Tag pair_tag = state_->tagger.of({state_->tagger.of(login.account), login.peer.tag});
  if (state_->is_known(pair_tag, rules, now)) return Verdict::kWelcome;
  if (state_->faults_of(login, pair_tag, false, now) < rules.failed_logins)
    return Verdict::kWelcome;
  return state_->refuse(login.peer, Verdict::kFailedLogins);
}

Failure Gate::failed(const Login& login, const std::optional<Tag>& password, const Rules& rules,
                     Moment now) {
  if (login.peer.trusted) return {};
  const Tag account_tag = state_->tagger.of(login.account);
  const Tag pair_tag = state_->tagger.of({account_tag, login.peer.tag});
  const bool counts =
      !password || state_->note_wrong(state_->tagger.of({pair_tag, *password}), now);
  const auto note = [&](auto& entry) {
    // A client with an old password asks again and again: the same wrong one counts once.
    if (counts) entry.faults.add(now);
    return entry.faults.count(now);
  };
  std::uint64_t faults = 0;
  if (state_->is_known(pair_tag, rules, now)) {
    faults = state_->pairs.update(pair_tag, note);
  } else {
    // Both count; the account's own failures only make the answer slower (see gate.h).
    faults = state_->with_address(login.peer, note);
    // The worse of the two: one address that tries many accounts, and many that try one, both wait.
    faults = std::max(faults, state_->accounts.update(account_tag, note));
  }
  return {delay_of(std::max<std::uint64_t>(faults, 1), rules.failed_login_delay), !counts};
}

bool Gate::succeeded(const Login& login, const Rules& rules, Moment now) {
  if (login.peer.trusted) return true;
  const Tag account_tag = state_->tagger.of(login.account);
  // From now on this account from this address is judged by itself.
  state_->pairs.update(state_->tagger.of({account_tag, login.peer.tag}),
                       [&](Pair& pair) { pair.logged_in = now; });
  if (rules.account_logins_per_minute == 0) return true;
  return state_->accounts.update(account_tag, [&](Account& entry) {
    return entry.logins.take(now, rules.account_logins_per_minute);
  });
}

Span Gate::used(const Login& login, const Use& use, const Rules& rules, Moment now) {
  // Both switched off, as most have it: no look at the table for each command.
  if (login.peer.trusted || (rules.commands_per_minute == 0 && rules.bytes_per_minute == 0))
    return Span::zero();
  return state_->accounts.update(state_->tagger.of(login.account), [&](Account& entry) {
    return std::max(entry.commands.charge(now, rules.commands_per_minute, use.commands),
                    entry.bytes.charge(now, rules.bytes_per_minute, use.bytes));
  });
}

std::optional<std::uint64_t> Gate::may_log(const Peer& peer, Moment now, Told what) {
  const auto decide = [&](Address& address) -> std::optional<std::uint64_t> {
    Logged& logged = address.logged[static_cast<std::size_t>(what)];
    // A flood would fill the disk by its log lines.
    if (logged.at != Moment{} && now - logged.at < kLogPause) {
      ++logged.left_out;
      return std::nullopt;
    }
    logged.at = now;
    return std::exchange(logged.left_out, 0);
  };
  return state_->with_address(peer, decide);
}

Span Gate::recipient_refused(const Peer& peer, const Rules& rules, Moment now) {
  if (peer.trusted) return Span::zero();
  return state_->with_address(peer, [&](Address& address) -> Span {
    // A longer debt would be held against later peers of this address.
    const Span owed = address.refused_recipients.full_at() - now - std::chrono::minutes(1);
    if (owed > limits::kRefusedRecipientDelay) return limits::kRefusedRecipientDelay;
    return address.refused_recipients.charge(now, rules.refused_recipients_per_minute, 1);
  });
}

bool Gate::may_ask_for_quota(const Peer& peer, Moment now) {
  if (peer.trusted) return true;
  return state_->with_address(peer, [&](Address& address) {
    return address.quota_questions.take(now, limits::kQuotaQuestionsPerMinute);
  });
}

bool Gate::may_spool(const Peer& peer, std::uint64_t octets, const Rules& rules) {
  return peer.trusted || state_->spools.add(peer.tag, rules.spool_per_address, octets).has_value();
}

void Gate::spool_gone(const Peer& peer, std::uint64_t octets) {
  if (!peer.trusted && octets != 0) state_->spools.remove(peer.tag, octets);
}

std::vector<Offender> Gate::worst(std::size_t count, Moment now) const {
  std::vector<Offender> out;
  state_->addresses.for_each([&](const Address& address) {
    const Offender offender{address.source, address.faults.count(now), address.refusals};
    // Addresses that have done nothing wrong fill the table, and are of no interest.
    if (offender.failed_logins != 0 || offender.refusals != 0) out.push_back(offender);
  });
  const auto is_worse = [](const Offender& a, const Offender& b) {
    return a.failed_logins + a.refusals > b.failed_logins + b.refusals;
  };
  std::sort(out.begin(), out.end(), is_worse);
  if (out.size() > count) out.resize(count);
  return out;
}

}  // namespace restante::guard
