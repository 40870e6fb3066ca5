#include "guard/gate.h"

#include <algorithm>
#include <atomic>

#include "guard/open_counts.h"
#include "guard/table.h"

namespace restante::guard {
namespace {

constexpr unsigned kV6Bits = 64;  // What one customer has: who has one address has 2^64.
constexpr Span kPairMemory = std::chrono::days(30);
constexpr Span kWrongMemory = std::chrono::days(1);
constexpr Span kLogPause = std::chrono::seconds(10);
constexpr Span kFirstDelay = std::chrono::seconds(1);

struct Address {
  IpAddress source;
  Budget connections;
  Budget logins;
  Faults faults;
  Moment logged{};
  std::uint32_t unlogged = 0;
  std::uint32_t refusals = 0;
  [[nodiscard]] Moment keep_until() const {
    return std::max({connections.full_at(), logins.full_at(), faults.forgiven_at(), logged});
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
  for (std::uint64_t i = 1; i < faults && delay < longest; ++i) delay *= 2;
  return faults == 0 ? Span::zero() : std::min(delay, longest);
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWelcome: return "";
    case Verdict::kConnections: return "connections";
    case Verdict::kAddressConnections: return "connections_per_address";
    case Verdict::kConnectionRate: return "connections_per_minute";
    case Verdict::kLoginRate: return "logins_per_minute";
    case Verdict::kFailedLogins: return "failed_logins";
  }
  return "";
}

struct Gate::State {
  explicit State(std::size_t entries)
      : addresses(entries), accounts(entries), pairs(entries), wrongs(entries) {}

  Tagger tagger;
  std::atomic<std::uint64_t> open{0};
  OpenCounts open_counts;
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
      return rules.failed_logins == 0 || pair->faults.count(now) < rules.failed_logins;
    });
  }
  /// Whether failures have closed the door; else what `admit` says.
  template <typename Admit>
  Verdict judge(const Login& login, const Rules& rules, Moment now, Admit admit) {
    if (login.peer.trusted) return Verdict::kWelcome;
    const bool known = is_known(tagger.of({tagger.of(login.account), login.peer.tag}), rules, now);
    return with_address(login.peer, [&](Address& address) {
      const bool closed =
          !known && rules.failed_logins != 0 && address.faults.count(now) >= rules.failed_logins;
      const Verdict verdict = closed ? Verdict::kFailedLogins : admit(address);
      if (verdict != Verdict::kWelcome) ++address.refusals;
      return verdict;
    });
  }
  /// True when it was not seen before.
  bool note_wrong(const Tag& tag, Moment now) {
    return wrongs.update(tag, [&](Wrong& wrong) {
      const bool is_new = wrong.seen == Moment{} || wrong.keep_until() <= now;
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
  peer.source = address->is_v4() ? *address : address->masked(kV6Bits);
  const auto& bytes = peer.source.bytes();
  peer.tag = state_->tagger.of(
      std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return peer;
}

Verdict Gate::enter(const Peer& peer, const Rules& rules, Moment now) {
  if (state_->open.fetch_add(1) >= rules.connections) {
    state_->open.fetch_sub(1);
    return Verdict::kConnections;
  }
  if (peer.trusted) return Verdict::kWelcome;
  Verdict verdict = Verdict::kWelcome;
  if (!state_->open_counts.add(peer.tag, rules.connections_per_address)) {
    verdict = Verdict::kAddressConnections;
  } else if (rules.connections_per_minute != 0) {
    const bool in_time = state_->with_address(peer, [&](Address& address) {
      return address.connections.take(now, rules.connections_per_minute);
    });
    if (in_time) return Verdict::kWelcome;
    state_->open_counts.remove(peer.tag);
    verdict = Verdict::kConnectionRate;
  }
  if (verdict == Verdict::kWelcome) return verdict;
  state_->open.fetch_sub(1);
  state_->refused(peer);
  return verdict;
}

void Gate::leave(const Peer& peer) {
  state_->open.fetch_sub(1);
  if (!peer.trusted) state_->open_counts.remove(peer.tag);
}

std::uint64_t Gate::connections() const { return state_->open.load(); }

std::optional<Tag> Gate::tag_of(std::string_view password) const {
  if (password.empty()) return std::nullopt;
  return state_->tagger.of(password);
}

Verdict Gate::may_log_in(const Login& login, const Rules& rules, Moment now) {
  return state_->judge(login, rules, now, [&](Address& address) {
    return address.logins.take(now, rules.logins_per_minute) ? Verdict::kWelcome
                                                             : Verdict::kLoginRate;
  });
}

Verdict Gate::may_go_on(const Login& login, const Rules& rules, Moment now) {
  return state_->judge(login, rules, now, [](Address&) { return Verdict::kWelcome; });
}

Span Gate::failed(const Login& login, const std::optional<Tag>& password, const Rules& rules,
                  Moment now) {
  if (login.peer.trusted) return Span::zero();
  const Tag account_tag = state_->tagger.of(login.account);
  const Tag pair_tag = state_->tagger.of({account_tag, login.peer.tag});
  const bool counts =
      !password || state_->note_wrong(state_->tagger.of({pair_tag, *password}), now);
  const auto note = [&](auto& entry) {
    if (counts) entry.faults.add(now);
    return entry.faults.count(now);
  };
  std::uint64_t faults = 0;
  if (state_->is_known(pair_tag, rules, now)) {
    faults = state_->pairs.update(pair_tag, note);
  } else {
    faults = state_->with_address(login.peer, note);
    faults = std::max(faults, state_->accounts.update(account_tag, note));
  }
  return delay_of(std::max<std::uint64_t>(faults, 1), rules.failed_login_delay);
}

bool Gate::succeeded(const Login& login, const Rules& rules, Moment now) {
  if (login.peer.trusted) return true;
  const Tag account_tag = state_->tagger.of(login.account);
  state_->pairs.update(state_->tagger.of({account_tag, login.peer.tag}),
                       [&](Pair& pair) { pair.logged_in = now; });
  if (rules.account_logins_per_minute == 0) return true;
  return state_->accounts.update(account_tag, [&](Account& entry) {
    return entry.logins.take(now, rules.account_logins_per_minute);
  });
}

Span Gate::used(const Login& login, const Use& use, const Rules& rules, Moment now) {
  if (login.peer.trusted || (rules.commands_per_minute == 0 && rules.bytes_per_minute == 0))
    return Span::zero();
  return state_->accounts.update(state_->tagger.of(login.account), [&](Account& entry) {
    return std::max(entry.commands.charge(now, rules.commands_per_minute, use.commands),
                    entry.bytes.charge(now, rules.bytes_per_minute, use.bytes));
  });
}

std::optional<std::uint64_t> Gate::may_log(const Peer& peer, Moment now) {
  const auto decide = [&](Address& address) -> std::optional<std::uint64_t> {
    if (address.logged != Moment{} && now - address.logged < kLogPause) {
      ++address.unlogged;
      return std::nullopt;
    }
    address.logged = now;
    return std::exchange(address.unlogged, 0);
  };
  return state_->with_address(peer, decide);
}

std::vector<Offender> Gate::worst(std::size_t count, Moment now) const {
  std::vector<Offender> out;
  state_->addresses.for_each([&](const Address& address) {
    const Offender offender{address.source, address.faults.count(now), address.refusals};
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
