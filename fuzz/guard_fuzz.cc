// The gate under any sequence of connections, logins and failures. In every case its counts are
// true, and a peer is refused only for acts from its own address. With tables that forget no entry,
// also: an address is judged as if the others were not there, and an owner's address is not closed
// by others' failures.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "guard/gate.h"
#include "input.h"

namespace {

using namespace restante;         // NOLINT(google-build-using-namespace): a program of its own
using namespace restante::guard;  // NOLINT(google-build-using-namespace)
using fuzz::Input;

// The second and the third are in one /64. The last two are trusted: no address, and loopback.
constexpr std::array<std::string_view, 6> kAddresses = {
    "192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "", "127.0.0.1"};
constexpr std::array<std::size_t, 6> kSourceOf = {0, 1, 1, 2, 3, 4};
constexpr std::size_t kWatched = 1;
bool is_trusted(std::size_t address) { return address >= 4; }

constexpr std::array<std::string_view, 2> kAccounts = {"a@x.test", "b@x.test"};
// With 32 kinds of wrong passwords and 512 places of 8, none is ever forgotten.
constexpr std::size_t kRoomyEntries = 4096;
constexpr std::size_t kTightEntries = 1;
constexpr std::size_t kTightHolds = 128;  // 16 shards of one place of 8.

Rules take_rules(Input& input) {
  Rules rules;
  rules.connections_per_address = input.take_byte() % 8;
  rules.connections_per_minute = input.take_byte() % 8;
  rules.logins_per_minute = input.take_byte() % 16;
  rules.account_logins_per_minute = input.take_byte() % 8;
  rules.failed_logins = input.take_byte() % 8;
  rules.failed_login_delay = std::chrono::seconds(input.take_byte() % 64);
  rules.commands_per_minute = input.take_byte();
  rules.bytes_per_minute = input.take_number();
  rules.trusted = {IpNetwork::loopback_v4()};
  return rules;
}

/// What came from one source, ever.
struct Deeds {
  std::uint64_t open = 0;
  std::uint64_t entered = 0;
  std::uint64_t logins = 0;
  std::uint64_t failures = 0;
  std::uint64_t unlogged = 0;
  std::array<std::uint64_t, kAccounts.size()> failures_at{};
  std::array<std::optional<Moment>, kAccounts.size()> logged_in{};
};

class World {
 public:
  explicit World(Input& input)
      : input_(input),
        roomy_(input.take_byte() % 4 != 0),
        rules_(take_rules(input)),
        gate_(roomy_ ? kRoomyEntries : kTightEntries),
        alone_(roomy_ ? kRoomyEntries : kTightEntries) {
    const unsigned few = input.take_byte();
    if (!roomy_) rules_.connections = few;
  }

  void run() {
    while (!input_.empty()) step();
    for (std::size_t address = 0; address < kAddresses.size(); ++address)
      while (deeds_of(address).open > 0) leave(address);
    RESTANTE_CHECK(gate_.connections() == 0);
    check_worst();
  }

 private:
  void step() {
    const unsigned what = input_.take_byte();
    const unsigned who = input_.take_byte();
    const std::size_t address = who % kAddresses.size();
    const std::size_t account = who / 8 % kAccounts.size();
    switch (what % 9) {
      case 0:
        wait(std::chrono::milliseconds(input_.take_number()) * (what < 128 ? 1 : 1000));
        break;
      case 1: enter(address); break;
      case 2: leave(address); break;
      case 3: try_log_in(address, account); break;
      case 4: fail(address, account, who / 16 % 5); break;
      case 5: succeed(address, account); break;
      case 6: use(address, account); break;
      case 7: log(address); break;
      case 8: flood(who); break;
    }
  }

  Peer know(std::size_t address) const {
    const auto parsed = IpAddress::parse(kAddresses[address]);
    const Peer peer = gate_.know(parsed ? std::optional<IpAddress>(*parsed) : std::nullopt, rules_);
    RESTANTE_CHECK(peer.trusted == is_trusted(address));
    return peer;
  }
  /// The same peer as the gate sees it that only the watched source comes to.
  std::optional<Peer> know_alone(std::size_t address) const {
    if (!roomy_ || kSourceOf[address] != kWatched) return std::nullopt;
    return alone_.know(*IpAddress::parse(kAddresses[address]), rules_);
  }
  Deeds& deeds_of(std::size_t address) { return deeds_[kSourceOf[address]]; }

  void enter(std::size_t address) {
    Deeds& deeds = deeds_of(address);
    ++deeds.entered;
    const Verdict verdict = gate_.enter(know(address), rules_, now_);
    if (const auto peer = know_alone(address))
      RESTANTE_CHECK(alone_.enter(*peer, rules_, now_) == verdict);
    if (verdict == Verdict::kWelcome) {
      ++deeds.open;
      ++open_;
    }
    // Strangers leave a fifth to the others.
    RESTANTE_CHECK(verdict != Verdict::kConnections || open_ >= rules_.connections ||
                   (!is_trusted(address) && open_ >= rules_.connections * 4 / 5));
    check_refusal(verdict, address);
    RESTANTE_CHECK(gate_.connections() == open_ && open_ <= rules_.connections);
    RESTANTE_CHECK(is_trusted(address) || rules_.connections_per_address == 0 ||
                   deeds.open <= rules_.connections_per_address);
  }

  /// A peer that is refused has done its offence often enough.
  void check_refusal(Verdict verdict, std::size_t address) {
    const Deeds& deeds = deeds_of(address);
    const auto check = [&](std::uint64_t done, std::uint64_t most) {
      RESTANTE_CHECK(!is_trusted(address) && most != 0 && done >= most);
    };
    switch (verdict) {
      case Verdict::kWelcome:
      case Verdict::kConnections: break;
      case Verdict::kAddressConnections: check(deeds.open, rules_.connections_per_address); break;
      case Verdict::kConnectionRate: check(deeds.entered - 1, rules_.connections_per_minute); break;
      case Verdict::kLoginRate: check(deeds.logins - 1, rules_.logins_per_minute); break;
      case Verdict::kFailedLogins: check(deeds.failures, rules_.failed_logins); break;
      case Verdict::kChecksUnderWay: check(0, 0); break;  // Each ends before the next begins.
    }
  }

  void leave(std::size_t address) {
    Deeds& deeds = deeds_of(address);
    if (deeds.open == 0) return;
    --deeds.open;
    --open_;
    gate_.leave(know(address));
    if (const auto peer = know_alone(address)) alone_.leave(*peer);
    RESTANTE_CHECK(gate_.connections() == open_);
  }

  void try_log_in(std::size_t address, std::size_t account) {
    Deeds& deeds = deeds_of(address);
    ++deeds.logins;
    const Peer peer = know(address);
    Gate::Check check;
    const Verdict verdict = gate_.may_log_in({peer, kAccounts[account]}, rules_, now_, check);
    const Verdict further = gate_.may_go_on({peer, kAccounts[account]}, rules_, now_);
    RESTANTE_CHECK(further == (verdict == Verdict::kLoginRate ? Verdict::kWelcome : verdict));
    check_refusal(verdict, address);
    Gate::Check check_alone;
    if (const auto other = know_alone(address))
      RESTANTE_CHECK(alone_.may_log_in({*other, kAccounts[account]}, rules_, now_, check_alone) ==
                     verdict);
    const auto& owned = deeds.logged_in[account];
    const bool owner = roomy_ && owned && now_ - *owned < std::chrono::days(30);
    if (owner && deeds.failures_at[account] < rules_.failed_logins)
      RESTANTE_CHECK(verdict != Verdict::kFailedLogins);
  }

  void fail(std::size_t address, std::size_t account, std::size_t password) {
    Deeds& deeds = deeds_of(address);
    ++deeds.failures;
    ++deeds.failures_at[account];
    const std::string text(password, 'p');  // Empty: none that the mechanism shows.
    const Peer peer = know(address);
    const Login login{peer, kAccounts[account]};
    const Span delay = gate_.failed(login, gate_.tag_of(text), rules_, now_).delay;
    RESTANTE_CHECK(delay >= Span::zero() && delay <= rules_.failed_login_delay);
    RESTANTE_CHECK(!peer.trusted || delay == Span::zero());
    if (const auto other = know_alone(address))
      RESTANTE_CHECK(
          alone_.failed({*other, kAccounts[account]}, alone_.tag_of(text), rules_, now_).delay <=
          delay);
  }

  void succeed(std::size_t address, std::size_t account) {
    const Peer peer = know(address);
    const bool may = gate_.succeeded({peer, kAccounts[account]}, rules_, now_);
    if (!peer.trusted) ++successes_[account];
    RESTANTE_CHECK(may || (!peer.trusted && rules_.account_logins_per_minute != 0 &&
                           successes_[account] > rules_.account_logins_per_minute));
    deeds_of(address).logged_in[account] = now_;
    if (const auto other = know_alone(address))
      alone_.succeeded({*other, kAccounts[account]}, rules_, now_);
  }

  void use(std::size_t address, std::size_t account) {
    const Peer peer = know(address);
    const Use done{input_.take_byte(), input_.take_number() * 64};
    const Span pause = gate_.used({peer, kAccounts[account]}, done, rules_, now_);
    RESTANTE_CHECK(pause >= Span::zero() && (!peer.trusted || pause == Span::zero()));
    const bool free = (rules_.commands_per_minute == 0 || done.commands == 0) &&
                      (rules_.bytes_per_minute == 0 || done.bytes == 0);
    RESTANTE_CHECK(!free || pause == Span::zero());
  }

  void log(std::size_t address) {
    Deeds& deeds = deeds_of(address);
    const auto left_out = gate_.may_log(know(address), now_);
    if (!left_out) {
      ++deeds.unlogged;
      return;
    }
    RESTANTE_CHECK(roomy_ ? *left_out == deeds.unlogged : *left_out <= deeds.unlogged);
    deeds.unlogged = 0;
  }

  /// Enough strangers for the tables to forget.
  void flood(unsigned strangers) {
    for (unsigned i = 0; !roomy_ && i < strangers; ++i) {
      const std::array<std::uint8_t, 4> octets = {203, 0, 113, static_cast<std::uint8_t>(i)};
      const Peer peer = gate_.know(IpAddress::v4(octets), rules_);
      gate_.failed({peer, kAccounts[0]}, std::nullopt, rules_, now_);
    }
  }

  void check_worst() const {
    const auto worst = gate_.worst(1000, now_);
    RESTANTE_CHECK(worst.size() <= (roomy_ ? kAddresses.size() : kTightHolds));
    const auto badness = [](const Offender& one) { return one.failed_logins + one.refusals; };
    for (std::size_t i = 1; i < worst.size(); ++i)
      RESTANTE_CHECK(badness(worst[i - 1]) >= badness(worst[i]));
    for (const Offender& one : worst) {
      for (std::size_t address = 0; address < kAddresses.size(); ++address)
        if (!is_trusted(address) && know(address).source == one.source)
          RESTANTE_CHECK(one.failed_logins <= deeds_[kSourceOf[address]].failures);
    }
    RESTANTE_CHECK(gate_.worst(1, now_).size() == std::min<std::size_t>(1, worst.size()));
  }

  void wait(Span time) { now_ += time; }

  Input& input_;
  const bool roomy_;
  Rules rules_;
  Gate gate_;
  Gate alone_;  ///< Sees the watched source alone.
  Moment now_{std::chrono::hours(1000)};
  std::array<Deeds, kAddresses.size()> deeds_;
  std::array<std::uint64_t, kAccounts.size()> successes_{};
  std::uint64_t open_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  World(input).run();
  return 0;
}
