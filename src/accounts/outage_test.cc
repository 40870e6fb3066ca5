#include "accounts/outage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  outage.answered();
  outage.answered();
  EXPECT_TRUE(outage.may_ask(kStart + std::chrono::milliseconds(1999)));
  EXPECT_THAT(told, ElementsAre("no route", "")) << "once each";
}

/// A connection whose fate the test decides.
struct FakeConnection {
  bool is_broken = false;
  bool is_late = false;
  [[nodiscard]] bool broken() const { return is_broken; }
  [[nodiscard]] bool timed_out() const { return is_late; }
};

class ConnectionPoolTest : public testing::Test {
 protected:
  using Pool = ConnectionPool<FakeConnection>;

  Result<std::unique_ptr<FakeConnection>> connect() {
    if (down) return Error(Errc::kIo, "refused");
    ++connects;
    return std::make_unique<FakeConnection>();
  }
  Outage outage{"x", {}};
  Pool pool{2, std::chrono::milliseconds(1), outage, [this] { return connect(); }};
  bool down = false;
  int connects = 0;
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
  EXPECT_FALSE(pool.ask([](FakeConnection&) -> Result<int> { return 1; })) << "down for a moment";
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
    outage.answered();
    down = false;
    const auto broken = pool.ask([](FakeConnection& connection) -> Result<int> {
      connection.is_broken = true;
      return Error(Errc::kIo, "x");
    });
    EXPECT_FALSE(broken);
    outage.answered();
  }
  EXPECT_TRUE(pool.ask([](FakeConnection&) -> Result<int> { return 1; }));
}

}  // namespace
}  // namespace restante::accounts
