#include "server/login/takeover.h"

#include <gmock/gmock.h>

#include <condition_variable>

#include "base/check.h"
#include "server/common/test_session.h"

namespace restante::server {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

/// Its one maildrop is free when its session has let it go.
class LockedStore : public FakeStore {
 public:
  Result<std::unique_ptr<maildrop::Session>> open(const Account& /*account*/,
                                                  maildrop::View /*view*/) override {
    if (is_held) return Error(Errc::kBusy, "a session has it");
    return std::unique_ptr<maildrop::Session>();
  }
  std::atomic<bool> is_held = true;
};

/// A holder that waits for its client, and a login that comes upon it, each on a worker.
class TakeoverTest : public ::testing::Test {
 protected:
  TakeoverTest() {
    auto settings = std::make_shared<Settings>();
    settings->config.pop3.takeover = seconds(30);
    settings_ = settings;
    account_.name = "alice@example.test";
  }
  ~TakeoverTest() override {
    for (net::Worker& worker : workers_) worker.stop(std::chrono::milliseconds(0));
    for (net::Worker& worker : workers_) worker.join();
  }

  /// Whether the login got the maildrop of a session that has been idle for this long.
  bool takes_over(std::optional<seconds> idle, const std::string& device = "") {
    workers_[0].spawn(hold(idle, device));
    RESTANTE_CHECK(workers_[0].start());
    await([this] { return holds_; });
    workers_[1].spawn(come());
    RESTANTE_CHECK(workers_[1].start());
    await([this] { return is_over_; });
    return got_;
  }

  net::Task<void> hold(std::optional<seconds> idle, std::string device) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    TestSession session(workers_[0], services_, settings_, "5f-1");
    const auto now = workers_[0].now();
    auto place =
        services_.pop3_sessions.enter({account_.name, session.context(), device, view_, use_}, now);
    if (idle) place->wait(now - *idle);
    note(holds_);
    const Status filled = co_await session.connection().fill();
    ended_ = filled;
    place.reset();
    store_.is_held = false;
  }
  net::Task<void> come() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    TestSession session(workers_[1], services_, settings_, "5f-2");
    const auto holder = services_.pop3_sessions.find(account_.name, {}, workers_[1].now());
    Error busy(Errc::kBusy, "a session has it");
    const auto opened = co_await take_over(session.context(), account_, {}, holder, std::move(busy));
    got_ = opened.has_value();
    EXPECT_TRUE(got_ || opened.error().code == Errc::kBusy);
    note(is_over_);
  }

  void note(bool& flag) {
    const std::lock_guard lock(mutex_);
    flag = true;
    changed_.notify_all();
  }
  void await(const std::function<bool()>& is_so) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, seconds(30), is_so));
  }

  TestServices all_;
  LockedStore store_;
  Services services_{store_,    all_.directory,     all_.authenticator, all_.router,   all_.pool,
                     all_.pool, all_.account_pools, all_.clock,         LoginDelays(), Metrics(),
                     nullptr};
  SettingsPtr settings_;
  const std::string view_;
  SessionUse use_;
  accounts::Account account_;
  std::array<net::Worker, 2> workers_{net::Worker(0), net::Worker(1)};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holds_ = false;
  bool is_over_ = false;
  bool got_ = false;
  Status ended_ = ok();
};

TEST_F(TakeoverTest, AnIdleSessionMakesRoom) {
  EXPECT_TRUE(takes_over(seconds(31)));
  ASSERT_FALSE(ended_);
  EXPECT_EQ(ended_.error().code, Errc::kBusy);
  EXPECT_EQ(services_.metrics.pop3_takeovers.value(), 1U);
}

TEST_F(TakeoverTest, OneThatWasActiveStays) {
  EXPECT_FALSE(takes_over(seconds(20)));
  EXPECT_TRUE(store_.is_held);
}

TEST_F(TakeoverTest, OneThatWorksStays) { EXPECT_FALSE(takes_over(std::nullopt)); }

TEST_F(TakeoverTest, OffMeansOff) {
  settings_ = std::make_shared<Settings>();
  EXPECT_FALSE(takes_over(seconds(100'000)));
}

TEST_F(TakeoverTest, ADeviceEndsItsOwnSession) {
  account_.device = "phone";
  EXPECT_TRUE(takes_over(seconds(31), "phone"));
}

TEST_F(TakeoverTest, ADeviceEndsNoOtherSession) {
  account_.device = "phone";
  EXPECT_FALSE(takes_over(seconds(31), "laptop"));
}

TEST_F(TakeoverTest, ADeviceEndsNoSessionOfTheAccountsOwnPassword) {
  account_.device = "phone";
  EXPECT_FALSE(takes_over(seconds(31), ""));
}

TEST_F(TakeoverTest, TheAccountsOwnPasswordEndsADevices) {
  EXPECT_TRUE(takes_over(seconds(31), "phone"));
}

TEST(TextOfHolder, SaysWhoWhereAndSinceWhen) {
  Pop3Sessions::Seen holder;
  holder.id = "5f-1";
  holder.peer = "192.0.2.7:4711";
  holder.since = std::chrono::steady_clock::now() - seconds(100);
  const WallTime now{seconds(1'700'000'100)};
  EXPECT_EQ(text_of(holder, now),
            " holder=5f-1 holder_peer=192.0.2.7:4711 since=2023-11-14T22:13:20.000Z busy=yes");
  holder.idle = seconds(42);
  holder.device = "my phone";
  EXPECT_THAT(text_of(holder, now), HasSubstr("Z holder_device=\"my phone\" idle=42s"));
}

}  // namespace
}  // namespace restante::server
