#include "guard/gate.h"

#include <gtest/gtest.h>

namespace restante::guard {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Moment kStart{hours(1)};

class GateTest : public testing::Test {
 protected:
  GateTest() {
    rules_.connections = 100;
    rules_.connections_per_address = 3;
    rules_.connections_per_minute = 10;
    rules_.logins_per_minute = 1000;
    rules_.failed_logins = 5;
    rules_.failed_login_delay = seconds(8);
    rules_.trusted.push_back(*IpNetwork::parse("127.0.0.0/8"));
  }
  Peer peer(const char* address) { return gate_.know(*IpAddress::parse(address), rules_); }
  Verdict enter(const char* address, Moment now = kStart) {
    return gate_.enter(peer(address), rules_, now);
  }
  Verdict may(const char* address, const char* account, Moment now = kStart) {
    const Peer who = peer(address);
    Gate::Check check;  // Ends at once.
    return gate_.may_log_in(Login{who, account}, rules_, now, check);
  }
  Span fail(const char* address, const char* account, const std::string& password,
            Moment now = kStart) {
    const Peer who = peer(address);
    return gate_.failed(Login{who, account}, gate_.tag_of(password), rules_, now).delay;
  }
  void fail_often(const char* address, const char* account, int count) {
    for (int i = 0; i < count; ++i) fail(address, account, "guess" + std::to_string(i));
  }
  bool succeed(const char* address, const char* account, Moment now = kStart) {
    const Peer who = peer(address);
    return gate_.succeeded(Login{who, account}, rules_, now);
  }

  Rules rules_;
  Gate gate_{1024};
};

TEST_F(GateTest, HoldsEachAddressToItsConnections) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(enter("192.0.2.1"), Verdict::kWelcome);
  EXPECT_EQ(enter("192.0.2.1"), Verdict::kAddressConnections);
  EXPECT_EQ(enter("192.0.2.2"), Verdict::kWelcome);
  EXPECT_EQ(gate_.connections(), 4U);
  gate_.leave(peer("192.0.2.1"));
  EXPECT_EQ(enter("192.0.2.1"), Verdict::kWelcome);
}

TEST_F(GateTest, AnIpv6AddressIsItsNetworkOf64) {
  EXPECT_EQ(enter("2001:db8::1"), Verdict::kWelcome);
  EXPECT_EQ(enter("2001:db8::2"), Verdict::kWelcome);
  EXPECT_EQ(enter("2001:db8:0:0:ffff::"), Verdict::kWelcome);
  EXPECT_EQ(enter("2001:db8::3"), Verdict::kAddressConnections);
  EXPECT_EQ(enter("2001:db8:0:1::1"), Verdict::kWelcome);
}

TEST_F(GateTest, AMappedAddressIsTheSameAsIpv4) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(enter("::ffff:192.0.2.1"), Verdict::kWelcome);
  EXPECT_EQ(enter("192.0.2.1"), Verdict::kAddressConnections);
}

TEST_F(GateTest, HoldsEachAddressToItsConnectionsAMinute) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(enter("192.0.2.1"), Verdict::kWelcome);
    gate_.leave(peer("192.0.2.1"));
  }
  EXPECT_EQ(enter("192.0.2.1"), Verdict::kConnectionRate);
  EXPECT_EQ(gate_.connections(), 0U);
  EXPECT_EQ(enter("192.0.2.1", kStart + seconds(6)), Verdict::kWelcome);
}

TEST_F(GateTest, HoldsAllTogetherToTheConnections) {
  rules_.connections = 2;
  EXPECT_EQ(enter("192.0.2.1"), Verdict::kWelcome);
  EXPECT_EQ(enter("127.0.0.1"), Verdict::kWelcome);
  EXPECT_EQ(enter("192.0.2.3"), Verdict::kConnections);
  EXPECT_EQ(enter("127.0.0.1"), Verdict::kConnections);
  gate_.leave(peer("127.0.0.1"));
  EXPECT_EQ(enter("192.0.2.3"), Verdict::kWelcome);
}

TEST_F(GateTest, TrustedPeersAreNotCounted) {
  for (int i = 0; i < 50; ++i) EXPECT_EQ(enter("127.0.0.1"), Verdict::kWelcome);
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(gate_.enter(gate_.know(std::nullopt, rules_), rules_, kStart), Verdict::kWelcome);
  EXPECT_EQ(gate_.connections(), 90U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(fail("127.0.0.1", "a", std::to_string(i)), Span::zero());
  EXPECT_EQ(may("127.0.0.1", "a"), Verdict::kWelcome);
  EXPECT_TRUE(gate_.worst(10, kStart).empty());
}

TEST_F(GateTest, EachFailureDelaysTheNextAnswerLonger) {
  EXPECT_EQ(fail("192.0.2.1", "a", "1"), seconds(1));
  EXPECT_EQ(fail("192.0.2.1", "b", "2"), seconds(2));
  EXPECT_EQ(fail("192.0.2.1", "c", "3"), seconds(4));
  EXPECT_EQ(fail("192.0.2.1", "d", "4"), seconds(8));
  EXPECT_EQ(fail("192.0.2.1", "e", "5"), seconds(8));
  EXPECT_EQ(fail("192.0.2.9", "x", "1"), seconds(1));
  EXPECT_EQ(fail("192.0.2.1", "f", "6", kStart + minutes(4)), seconds(2));
}

TEST_F(GateTest, TheSameWrongPasswordCountsOnce) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kWelcome) << i;
    EXPECT_EQ(fail("192.0.2.1", "a", "last year's"), seconds(1)) << i;
  }
  EXPECT_EQ(fail("192.0.2.1", "b", "last year's"), seconds(2));  // One password for all accounts.
  EXPECT_EQ(fail("192.0.2.1", "a", "another"), seconds(4));
}

TEST_F(GateTest, AnAddressWithManyFailuresIsRefusedUnheardUntilTheyAreForgotten) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kWelcome);
    fail("192.0.2.1", "a", std::to_string(i));
  }
  EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kFailedLogins);
  EXPECT_EQ(may("192.0.2.1", "b"), Verdict::kFailedLogins);
  EXPECT_EQ(may("192.0.2.1", "a", kStart + seconds(59)), Verdict::kFailedLogins);
  EXPECT_EQ(may("192.0.2.1", "a", kStart + seconds(60)), Verdict::kWelcome);
}

TEST_F(GateTest, GuessingFromElsewhereDoesNotLockTheOwnerOut) {
  for (int i = 0; i < 200; ++i) {
    const std::string attacker = "198.51.100." + std::to_string(i);
    fail(attacker.c_str(), "owner", "guess" + std::to_string(i));
  }
  EXPECT_EQ(may("192.0.2.1", "owner"), Verdict::kWelcome);
  EXPECT_TRUE(succeed("192.0.2.1", "owner"));
  // A stranger's wrong answers are slow now, the owner's own are not.
  EXPECT_EQ(fail("203.0.113.1", "owner", "x"), seconds(8));
  EXPECT_EQ(fail("192.0.2.1", "owner", "typo"), seconds(1));
}

TEST_F(GateTest, TheOwnerGetsInFromTheAddressOfAnAttacker) {
  EXPECT_TRUE(succeed("192.0.2.1", "owner"));
  fail_often("192.0.2.1", "other", 50);
  EXPECT_EQ(may("192.0.2.1", "other"), Verdict::kFailedLogins);
  EXPECT_EQ(may("192.0.2.1", "owner"), Verdict::kWelcome);
  EXPECT_EQ(may("192.0.2.1", "owner", kStart + hours(24 * 31)), Verdict::kWelcome);
}

TEST_F(GateTest, AKnownAddressMayNotGuessForEver) {
  EXPECT_TRUE(succeed("192.0.2.1", "owner"));
  fail_often("192.0.2.1", "owner", 5);
  EXPECT_EQ(may("192.0.2.1", "owner"), Verdict::kWelcome);  // The address itself is still clean.
  for (int i = 0; i < 5; ++i) fail("192.0.2.1", "owner", "more" + std::to_string(i));
  EXPECT_EQ(may("192.0.2.1", "owner"), Verdict::kFailedLogins);
  EXPECT_EQ(may("192.0.2.1", "owner", kStart + seconds(60)), Verdict::kWelcome);
}

TEST_F(GateTest, HoldsEachAddressToItsLoginsAMinute) {
  rules_.logins_per_minute = 2;
  EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kWelcome);
  EXPECT_EQ(may("192.0.2.1", "b"), Verdict::kWelcome);
  EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kLoginRate);
  EXPECT_EQ(may("192.0.2.2", "a"), Verdict::kWelcome);
  EXPECT_EQ(may("192.0.2.1", "a", kStart + seconds(30)), Verdict::kWelcome);
}

TEST_F(GateTest, WhoWasLetBeginGoesOnWithoutAnotherOfItsLoginsAndNotBehindAClosedDoor) {
  rules_.logins_per_minute = 1;
  const Peer who = peer("192.0.2.1");
  const auto go_on = [&] { return gate_.may_go_on(Login{who, "a"}, rules_, kStart); };
  EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kWelcome);
  EXPECT_EQ(go_on(), Verdict::kWelcome);
  EXPECT_EQ(go_on(), Verdict::kWelcome);
  fail_often("192.0.2.1", "b", 5);
  EXPECT_EQ(go_on(), Verdict::kFailedLogins);
}

TEST_F(GateTest, HoldsEachAccountToItsSuccessfulLogins) {
  rules_.account_logins_per_minute = 2;
  fail_often("198.51.100.1", "a", 50);  // Others cannot use them up.
  EXPECT_TRUE(succeed("192.0.2.1", "a"));
  EXPECT_TRUE(succeed("192.0.2.2", "a"));
  EXPECT_FALSE(succeed("192.0.2.3", "a"));
  EXPECT_TRUE(succeed("192.0.2.3", "b"));
  EXPECT_TRUE(succeed("192.0.2.3", "a", kStart + seconds(30)));
}

TEST_F(GateTest, SlowsAnAccountThatUsesTooMuch) {
  const Peer user = peer("192.0.2.1");
  const Peer local = peer("127.0.0.1");
  EXPECT_EQ(gate_.used(Login{user, "a"}, Use{1000, 1U << 30}, rules_, kStart), Span::zero());
  rules_.commands_per_minute = 60;
  rules_.bytes_per_minute = 6000;
  EXPECT_EQ(gate_.used(Login{user, "a"}, Use{60, 6000}, rules_, kStart), Span::zero());
  EXPECT_EQ(gate_.used(Login{user, "a"}, Use{2, 100}, rules_, kStart), seconds(2));
  EXPECT_EQ(gate_.used(Login{user, "b"}, Use{2, 100}, rules_, kStart), Span::zero());
  EXPECT_EQ(gate_.used(Login{local, "a"}, Use{999, 99999}, rules_, kStart), Span::zero());
}

TEST_F(GateTest, LogsAFloodOfRefusalsInFewLines) {
  const Peer flood = peer("192.0.2.1");
  EXPECT_EQ(gate_.may_log(flood, kStart), 0U);
  for (int i = 0; i < 99; ++i) EXPECT_EQ(gate_.may_log(flood, kStart + seconds(9)), std::nullopt);
  EXPECT_EQ(gate_.may_log(peer("192.0.2.2"), kStart), 0U);
  EXPECT_EQ(gate_.may_log(flood, kStart + seconds(10)), 99U);
  EXPECT_EQ(gate_.may_log(flood, kStart + seconds(20)), 0U);
}

TEST_F(GateTest, NamesTheWorst) {
  fail_often("192.0.2.1", "a", 3);
  fail_often("192.0.2.2", "a", 7);
  for (int i = 0; i < 20; ++i) enter("192.0.2.3");
  const auto worst = gate_.worst(2, kStart);
  ASSERT_EQ(worst.size(), 2U);
  EXPECT_EQ(worst[0].source.to_string(), "192.0.2.3");
  EXPECT_EQ(worst[0].refusals, 17U);
  EXPECT_EQ(worst[1].source.to_string(), "192.0.2.2");
  EXPECT_EQ(worst[1].failed_logins, 7U);
}

TEST_F(GateTest, AFloodOfAddressesDoesNotMakeTheWorstForgotten) {
  fail_often("192.0.2.1", "a", 20);
  IpAddress::Bytes bytes{0x20, 0x01, 0x0d, 0xb8};
  for (std::uint32_t i = 0; i < 10000; ++i) {
    bytes[5] = static_cast<std::uint8_t>(i >> 16);
    bytes[6] = static_cast<std::uint8_t>(i >> 8);
    bytes[7] = static_cast<std::uint8_t>(i);
    const Peer who = gate_.know(IpAddress(bytes), rules_);
    gate_.failed(Login{who, "b"}, gate_.tag_of("guess"), rules_, kStart);
  }
  EXPECT_EQ(may("192.0.2.1", "a"), Verdict::kFailedLogins);
}

}  // namespace
}  // namespace restante::guard
