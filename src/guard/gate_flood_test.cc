// The gate against peers in numbers: checks at once, connections of strangers, names that are not
// there, questions that cost the disk, unfinished mail.
#include <gtest/gtest.h>

#include <thread>

#include "base/limits.h"
#include "guard/gate.h"

namespace restante::guard {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Moment kStart{hours(1)};

class GateFloodTest : public testing::Test {
 protected:
  GateFloodTest() {
    rules_.connections = 10;
    rules_.failed_logins = 5;
    rules_.failed_login_delay = seconds(8);
    rules_.trusted.push_back(*IpNetwork::parse("127.0.0.0/8"));
  }
  Peer peer(const char* address) { return gate_.know(*IpAddress::parse(address), rules_); }
  Verdict begin(const Peer& who, const char* account, Gate::Check& check) {
    return gate_.may_log_in(Login{who, account}, rules_, kStart, check);
  }
  Failure fail(const Peer& who, const char* account, const std::string& password) {
    return gate_.failed(Login{who, account}, gate_.tag_of(password), rules_, kStart);
  }
  /// How many of `wanted` checks at once are let begin; all of them stay under way.
  std::size_t begin_many(const Peer& who, const char* account, std::size_t wanted) {
    std::size_t begun = 0;
    for (std::size_t i = 0; i < wanted; ++i) {
      Gate::Check check;
      if (begin(who, account, check) == Verdict::kWelcome) ++begun;
      checks_.push_back(std::move(check));
    }
    return begun;
  }

  Rules rules_;
  Gate gate_{1024};
  std::vector<Gate::Check> checks_;
};

TEST_F(GateFloodTest, ChecksUnderWayCountAsFailuresUntilTheyEnd) {
  const Peer who = peer("192.0.2.1");
  EXPECT_EQ(begin_many(who, "a", 50), 5U);
  Gate::Check one_more;
  EXPECT_EQ(begin(who, "b", one_more), Verdict::kChecksUnderWay) << "of the address, for any name";
  EXPECT_EQ(begin_many(peer("192.0.2.2"), "a", 1), 1U) << "not of others";
  EXPECT_TRUE(gate_.worst(10, kStart).empty()) << "to wait is no refusal";
  checks_.clear();
  EXPECT_EQ(begin(who, "b", one_more), Verdict::kWelcome);
}

TEST_F(GateFloodTest, WrongPasswordsAtOnceGetNoMoreVerdictsThanOneByOne) {
  const Peer who = peer("192.0.2.1");
  std::size_t verdicts = 0;
  for (int round = 0; round < 20; ++round) {
    const std::size_t begun = begin_many(who, "a", 10);
    for (std::size_t i = 0; i < begun; ++i) fail(who, "a", "guess" + std::to_string(++verdicts));
    checks_.clear();
  }
  EXPECT_EQ(verdicts, 5U);
  Gate::Check check;
  EXPECT_EQ(begin(who, "a", check), Verdict::kFailedLogins);
}

TEST_F(GateFloodTest, ThreadsDoNotGuessMoreThanOneDoes) {
  rules_.failed_logins = 20;
  const Peer who = peer("192.0.2.1");
  std::atomic<int> verdicts{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 200; ++i) {
        Gate::Check check;
        if (begin(who, "a", check) != Verdict::kWelcome) continue;
        ++verdicts;
        fail(who, "a", std::to_string(thread) + "." + std::to_string(i));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(verdicts, 20);
}

TEST_F(GateFloodTest, AnOwnerWhoIsKnownIsNotHeldUpByOthersAtTheAddress) {
  const Peer who = peer("192.0.2.1");
  EXPECT_TRUE(gate_.succeeded(Login{who, "owner"}, rules_, kStart));
  EXPECT_EQ(begin_many(who, "other", 50), 5U);
  EXPECT_EQ(begin_many(who, "owner", 5), 5U);
  Gate::Check check;
  EXPECT_EQ(begin(who, "owner", check), Verdict::kChecksUnderWay) << "a turn later";
  checks_.pop_back();
  EXPECT_EQ(begin(who, "owner", check), Verdict::kWelcome);
}

TEST_F(GateFloodTest, NoPeerWaitsWhereNothingIsLimited) {
  EXPECT_EQ(begin_many(peer("127.0.0.1"), "a", 50), 50U);
  rules_.failed_logins = 0;
  EXPECT_EQ(begin_many(peer("192.0.2.1"), "a", 50), 50U);
}

TEST_F(GateFloodTest, TellsARepeatedWrongPassword) {
  const Peer who = peer("192.0.2.1");
  EXPECT_FALSE(fail(who, "a", "last year's").repeated);
  EXPECT_TRUE(fail(who, "a", "last year's").repeated);
  EXPECT_FALSE(fail(who, "a", "another").repeated);
  EXPECT_FALSE(fail(who, "b", "another").repeated);
  EXPECT_FALSE(fail(who, "a", "").repeated) << "a mechanism that does not show it";
}

TEST_F(GateFloodTest, StrangersLeaveAFifthOfTheConnectionsToTheOthers) {
  for (int i = 0; i < 8; ++i) EXPECT_EQ(gate_.enter(peer("192.0.2.1"), rules_, kStart), Verdict{});
  EXPECT_EQ(gate_.enter(peer("192.0.2.2"), rules_, kStart), Verdict::kConnections);
  EXPECT_EQ(gate_.enter(peer("127.0.0.1"), rules_, kStart), Verdict::kWelcome);
  gate_.logged_in(peer("192.0.2.1"));
  EXPECT_EQ(gate_.enter(peer("192.0.2.2"), rules_, kStart), Verdict::kWelcome);
  EXPECT_EQ(gate_.enter(peer("127.0.0.1"), rules_, kStart), Verdict::kConnections) << "all ten";
  gate_.leave(peer("192.0.2.1"), true);
  EXPECT_EQ(gate_.enter(peer("192.0.2.3"), rules_, kStart), Verdict::kConnections)
      << "it had left the strangers before";
  gate_.leave(peer("192.0.2.2"));
  EXPECT_EQ(gate_.enter(peer("192.0.2.3"), rules_, kStart), Verdict::kWelcome);
}

TEST_F(GateFloodTest, MailThatComesInHasConnectionsOfItsOwn) {
  rules_.intake_connections = 2;
  Peer mta = peer("127.0.0.1");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(gate_.enter(mta, rules_, kStart), Verdict::kWelcome);
  EXPECT_EQ(gate_.enter(mta, rules_, kStart), Verdict::kConnections) << "POP3 has taken all";
  mta.is_intake = true;
  Peer far = peer("192.0.2.1");
  far.is_intake = true;
  EXPECT_EQ(gate_.enter(mta, rules_, kStart), Verdict::kWelcome);
  EXPECT_EQ(gate_.enter(far, rules_, kStart), Verdict::kWelcome) << "LMTP over a network";
  EXPECT_EQ(gate_.enter(far, rules_, kStart), Verdict::kConnections);
  EXPECT_EQ(gate_.connections(), 12U);
  gate_.leave(far);
  EXPECT_EQ(gate_.enter(peer("127.0.0.1"), rules_, kStart), Verdict::kConnections);
  EXPECT_EQ(gate_.enter(mta, rules_, kStart), Verdict::kWelcome);
}

TEST_F(GateFloodTest, StrangersThatAreRefusedTakeNoPlace) {
  rules_.connections_per_address = 1;
  for (int i = 0; i < 50; ++i) gate_.enter(peer("192.0.2.1"), rules_, kStart);
  EXPECT_EQ(gate_.connections(), 1U);
  for (const char* address :
       {"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8"})
    EXPECT_EQ(gate_.enter(peer(address), rules_, kStart), Verdict::kWelcome);
}

TEST_F(GateFloodTest, AnAddressHearsOfUnknownNamesAtAPace) {
  rules_.refused_recipients_per_minute = 60;
  const Peer who = peer("192.0.2.1");
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(gate_.recipient_refused(who, rules_, kStart), Span::zero());
  EXPECT_EQ(gate_.recipient_refused(who, rules_, kStart), seconds(1));
  EXPECT_EQ(gate_.recipient_refused(who, rules_, kStart), seconds(2)) << "however it comes";
  for (int i = 0; i < 5000; ++i) gate_.recipient_refused(who, rules_, kStart);
  EXPECT_EQ(gate_.recipient_refused(who, rules_, kStart), limits::kRefusedRecipientDelay);
  EXPECT_EQ(gate_.recipient_refused(peer("192.0.2.2"), rules_, kStart), Span::zero());
  EXPECT_EQ(gate_.recipient_refused(peer("127.0.0.1"), rules_, kStart), Span::zero());
  EXPECT_EQ(gate_.recipient_refused(who, rules_, kStart + minutes(2)), Span::zero())
      << "a flood is not held against those who come later";
}

TEST_F(GateFloodTest, AnAddressMayMakeTheDiskWorkSoOftenAMinute) {
  const Peer who = peer("192.0.2.1");
  int answered = 0;
  for (int i = 0; i < 1000; ++i)
    if (gate_.may_ask_for_quota(who, kStart)) ++answered;
  EXPECT_EQ(answered, static_cast<int>(limits::kQuotaQuestionsPerMinute));
  EXPECT_TRUE(gate_.may_ask_for_quota(peer("192.0.2.2"), kStart));
  EXPECT_TRUE(gate_.may_ask_for_quota(peer("127.0.0.1"), kStart));
}

TEST_F(GateFloodTest, TheUnfinishedMailOfAnAddressIsBounded) {
  rules_.spool_per_address = 1000;
  const Peer who = peer("192.0.2.1");
  EXPECT_TRUE(gate_.may_spool(who, 600, rules_));
  EXPECT_FALSE(gate_.may_spool(who, 401, rules_));
  EXPECT_TRUE(gate_.may_spool(who, 400, rules_));
  EXPECT_FALSE(gate_.may_spool(who, 1, rules_));
  EXPECT_TRUE(gate_.may_spool(peer("192.0.2.2"), 1000, rules_));
  EXPECT_TRUE(gate_.may_spool(peer("127.0.0.1"), 1U << 30, rules_));
  gate_.spool_gone(who, 600);
  EXPECT_TRUE(gate_.may_spool(who, 600, rules_));
}

TEST_F(GateFloodTest, EachKindOfRefusalHasALineOfItsOwn) {
  const Peer flood = peer("192.0.2.1");
  EXPECT_EQ(gate_.may_log(flood, kStart, Told::kRecipient), 0U);
  EXPECT_EQ(gate_.may_log(flood, kStart, Told::kRecipient), std::nullopt);
  EXPECT_EQ(gate_.may_log(flood, kStart, Told::kConnection), 0U);
  EXPECT_EQ(gate_.may_log(flood, kStart + seconds(10), Told::kRecipient), 1U);
}

}  // namespace
}  // namespace restante::guard
