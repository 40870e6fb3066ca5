#include "accounts/outage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include "accounts/connection_pool.h"

namespace restante::accounts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kStart = Outage::Time(std::chrono::seconds(1000));

TEST(Outage, OneTriesNowAndThenTheOthersAreRefusedAtOnce) {
  std::vector<std::string> told;
  Outage outage("ldap x", [&told](const OutageNews& news) { told.push_back(news.reason); });
  EXPECT_TRUE(outage.may_ask(kStart));
  outage.failed(Error(Errc::kIo, "no route"), kStart);
  const Status refused = outage.may_ask(kStart + std::chrono::milliseconds(999));
  EXPECT_EQ(refused.error().code, Errc::kIo);
  EXPECT_THAT(refused.error().detail, HasSubstr("ldap x is down: no route"));
  EXPECT_TRUE(outage.may_ask(kStart + std::chrono::seconds(1)));
  EXPECT_FALSE(outage.may_ask(kStart + std::chrono::seconds(1))) << "one tries already";
  outage.failed(Error(Errc::kIo, "still"), kStart + std::chrono::seconds(1));
  EXPECT_FALSE(outage.may_ask(kStart + std::chrono::milliseconds(1999)));
  EXPECT_FALSE(outage.is_worth_waiting(kStart + std::chrono::milliseconds(1999)));
  EXPECT_TRUE(outage.is_worth_waiting(kStart + std::chrono::seconds(2)));
  EXPECT_TRUE(outage.is_worth_waiting(kStart + std::chrono::seconds(2))) << "asks nothing";
  outage.answered(kStart);
  outage.answered(kStart);
  EXPECT_TRUE(outage.may_ask(kStart + std::chrono::milliseconds(1999)));
  EXPECT_THAT(told, ElementsAre("no route", "")) << "once each";
}

TEST(Outage, SlowQuestionsAreNoOutageWhileOthersAreAnswered) {
  Outage outage("ldap x", {});
  const Error late(Errc::kIo, "no answer");
  const auto second = std::chrono::seconds(1);
  for (int i = 0; i < 10; ++i) {
    outage.answered(kStart + i * second);
    outage.unanswered(late, kStart + i * second, kStart + (i + 5) * second);
  }
  EXPECT_TRUE(outage.may_ask(kStart + 15 * second));
}

TEST(Outage, SilenceIsOne) {
  std::vector<std::string> told;
  Outage outage("ldap x", [&told](const OutageNews& news) { told.push_back(news.reason); });
  const Error late(Errc::kIo, "no answer");
  outage.answered(kStart - std::chrono::seconds(1));
  outage.unanswered(late, kStart, kStart + std::chrono::seconds(5));
  outage.unanswered(late, kStart, kStart + std::chrono::seconds(5));
  EXPECT_THAT(told, ElementsAre());
  outage.unanswered(late, kStart, kStart + std::chrono::seconds(5));
  EXPECT_THAT(told, ElementsAre("no answer"));
  // The one that tries again, too, is late.
  EXPECT_TRUE(outage.may_ask(kStart + std::chrono::seconds(6)));
  outage.unanswered(late, kStart + std::chrono::seconds(6), kStart + std::chrono::seconds(11));
  EXPECT_FALSE(outage.may_ask(kStart + std::chrono::milliseconds(11999)));
}

TEST(Outage, AComplaintIsToldOnceAMinute) {
  std::vector<std::string> told;
  Outage outage("postgresql", [&told](const OutageNews& news) {
    EXPECT_EQ(news.kind, OutageNews::Kind::kComplains);
    told.push_back(news.reason);
  });
  const Error denied(Errc::kIo, "permission denied");
  for (int second = 0; second < 100; ++second)
    outage.complained(denied, kStart + std::chrono::seconds(second));
  outage.complained(Error(Errc::kIo, "no such column"), kStart + std::chrono::seconds(100));
  outage.complained(Error(Errc::kIo, "no such column"), kStart + std::chrono::seconds(121));
  EXPECT_THAT(told, ElementsAre("permission denied", "permission denied", "no such column"));
  EXPECT_TRUE(outage.may_ask(kStart)) << "it answers";
}

/// A connection whose fate the test decides.
struct FakeConnection {
  explicit FakeConnection(int& o) : open(o) { ++open; }
  ~FakeConnection() { --open; }
  FakeConnection(const FakeConnection&) = delete;
  FakeConnection& operator=(const FakeConnection&) = delete;

  int& open;  ///< How many there are.
  bool is_broken = false;
  bool is_late = false;
  [[nodiscard]] bool broken() const { return is_broken; }
  [[nodiscard]] bool timed_out() const { return is_late; }
};

class ConnectionPoolTest : public testing::Test {
 protected:
  using Pool = ConnectionPool<FakeConnection>;

  Result<std::unique_ptr<FakeConnection>> connect() {
    if (down || open >= room) return Error(Errc::kIo, "refused");
    ++connects;
    return std::make_unique<FakeConnection>(open);
  }
  bool down = false;
  int connects = 0;
  int open = 0;
  int room = 100;  ///< How many it takes.
  Outage outage{"x", {}};
  Pool pool{2, std::chrono::milliseconds(1), outage, [this] { return connect(); }};
};

TEST_F(ConnectionPoolTest, ConnectionsAreKept) {
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(*pool.ask([](FakeConnection&) -> Result<int> { return 7; }), 7);
  EXPECT_EQ(connects, 1);
}

TEST_F(ConnectionPoolTest, AnAnswerThatIsAnErrorKeepsTheConnection) {
  for (int i = 0; i < 5; ++i) {
    const auto answer =
        pool.ask([](FakeConnection&) -> Result<int> { return Error(Errc::kNotFound); });
    EXPECT_EQ(answer.error().code, Errc::kNotFound);
  }
  EXPECT_EQ(connects, 1);
}

TEST_F(ConnectionPoolTest, AStaleConnectionIsReplacedUnseen) {
  ASSERT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
  bool first = true;
  const auto answer = pool.ask([&first](FakeConnection& connection) -> Result<int> {
    connection.is_broken = std::exchange(first, false);
    if (connection.is_broken) return Error(Errc::kIo, "closed");
    return 2;
  });
  EXPECT_EQ(*answer, 2);
  EXPECT_EQ(connects, 2);
}

TEST_F(ConnectionPoolTest, ATimeoutIsNotTriedAgain) {
  ASSERT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
  int tries = 0;
  const auto answer = pool.ask([&tries](FakeConnection& connection) -> Result<int> {
    ++tries;
    connection.is_broken = true;
    connection.is_late = true;
    return Error(Errc::kIo, "late");
  });
  EXPECT_EQ(answer.error().detail, "late");
  EXPECT_EQ(tries, 1);
  EXPECT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; })) << "others are asked";
}

TEST_F(ConnectionPoolTest, ABackEndWithRoomForOneIsAskedOverThatOne) {
  Pool patient{2, std::chrono::minutes(1), outage, [this] { return connect(); }};
  room = 1;
  std::promise<void> second_waits;
  std::thread second;
  const auto first = patient.ask([&](FakeConnection&) -> Result<int> {
    second = std::thread([&] {
      second_waits.set_value();
      EXPECT_EQ(*patient.ask([](FakeConnection&) -> Result<int> { return 2; }), 2);
    });
    second_waits.get_future().wait();
    return 1;
  });
  second.join();
  EXPECT_EQ(*first, 1);
  EXPECT_EQ(connects, 1);
  EXPECT_TRUE(outage.may_ask(std::chrono::steady_clock::now()));
}

// The back end counts a connection before we do.
TEST_F(ConnectionPoolTest, RoomThatOneTakesWhichIsStillBeingMade) {
  std::promise<void> first_asks;
  std::promise<void> second_is_refused;
  std::atomic<int> asked = 0;
  Pool patient{2, std::chrono::minutes(1), outage,
               [&]() -> Result<std::unique_ptr<FakeConnection>> {
                 if (++asked == 1) {
                   first_asks.set_value();
                   second_is_refused.get_future().wait();
                   return std::make_unique<FakeConnection>(open);
                 }
                 second_is_refused.set_value();
                 return Error(Errc::kIo, "too many connections");
               }};
  const auto answer = [](FakeConnection&) -> Result<int> { return 1; };
  std::thread first([&] { EXPECT_TRUE(patient.ask(answer)); });
  first_asks.get_future().wait();
  EXPECT_TRUE(patient.ask(answer));
  first.join();
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(outage.may_ask(std::chrono::steady_clock::now()));
}

TEST_F(ConnectionPoolTest, AMistakeOfTheBackEndIsToldAndKeepsTheConnection) {
  std::vector<std::string> told;
  Outage telling("x", [&told](const OutageNews& news) { told.push_back(news.reason); });
  Pool other{2, std::chrono::milliseconds(1), telling, [this] { return connect(); }};
  for (int i = 0; i < 5; ++i)
    EXPECT_FALSE(
        other.ask([](FakeConnection&) -> Result<int> { return Error(Errc::kIo, "denied"); }));
  EXPECT_THAT(told, ElementsAre("denied"));
  EXPECT_EQ(connects, 1);
}

TEST_F(ConnectionPoolTest, AQuestionThatBreaksItsConnectionIsNoOutageWhileOthersAreAnswered) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(pool.ask([](FakeConnection& connection) -> Result<int> {
      connection.is_broken = true;
      return Error(Errc::kIo, "closed");
    }));
    ASSERT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; })) << i;
  }
}

TEST_F(ConnectionPoolTest, AnIdleConnectionOfTheOtherPoolMakesRoom) {
  room = 1;
  Pool binds{2, std::chrono::milliseconds(1), outage, [this] { return connect(); }};
  binds.make_room_by(pool);
  ASSERT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
  EXPECT_TRUE(binds.ask([](FakeConnection&) -> Result<int> { return 2; }));
  EXPECT_EQ(connects, 2);
}

TEST_F(ConnectionPoolTest, NoMoreAtOnceThanAllowed) {
  const auto none_left = pool.ask([this](FakeConnection&) -> Result<int> {
    return pool.ask([this](FakeConnection&) -> Result<int> {
      return pool.ask([](FakeConnection&) -> Result<int> { return 1; });
    });
  });
  EXPECT_EQ(none_left.error().code, Errc::kIo);
  EXPECT_THAT(none_left.error().detail, HasSubstr("all connections"));
  EXPECT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
}

// Every place where it can fail gives the right to a connection back.
TEST_F(ConnectionPoolTest, FailuresLeakNothing) {
  for (int i = 0; i < 5; ++i) {
    down = true;
    EXPECT_FALSE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
    outage.answered(kStart);
    down = false;
    const auto broken = pool.ask([](FakeConnection& connection) -> Result<int> {
      connection.is_broken = true;
      return Error(Errc::kIo, "x");
    });
    EXPECT_FALSE(broken);
    outage.answered(kStart);
  }
  EXPECT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
}

}  // namespace
}  // namespace restante::accounts
