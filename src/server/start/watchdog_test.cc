#include "server/start/watchdog.h"

#include <gtest/gtest.h>

#include <latch>

#include "base/check.h"
#include "dial/test_notify_socket.h"

namespace restante::server {
namespace {

class WatchdogTest : public testing::Test {
 protected:
  net::TestNotifySocket socket_;
  net::asio::io_context context_{1};
  std::list<net::Worker> workers_;
};

TEST_F(WatchdogTest, SaysThatAllWorkersTurn) {
  for (std::size_t i = 0; i < 2; ++i) RESTANTE_CHECK(workers_.emplace_back(i).start());
  Watchdog watchdog(context_, workers_, socket_.supervisor());
  watchdog.start(std::chrono::milliseconds(2));
  for (int i = 0; i < 3; ++i) {
    std::string got;
    while (got.empty() && context_.run_one() > 0) got = socket_.take();
    EXPECT_EQ(got, "WATCHDOG=1");
  }
  watchdog.stop();
  context_.run();
  for (net::Worker& worker : workers_) worker.stop({});
  for (net::Worker& worker : workers_) worker.join();
}

TEST_F(WatchdogTest, SaysNothingWhileOneHangs) {
  for (std::size_t i = 0; i < 2; ++i) RESTANTE_CHECK(workers_.emplace_back(i).start());
  std::latch go_on(1);
  workers_.back().post([&] { go_on.wait(); });
  Watchdog watchdog(context_, workers_, socket_.supervisor());
  watchdog.start(std::chrono::milliseconds(2));
  for (int i = 0; i < 5; ++i) context_.run_one();
  EXPECT_EQ(socket_.take(), "");
  go_on.count_down();
  std::string got;
  while (got.empty() && context_.run_one() > 0) got = socket_.take();
  EXPECT_EQ(got, "WATCHDOG=1");
  watchdog.stop();
  context_.run();
  for (net::Worker& worker : workers_) worker.stop({});
  for (net::Worker& worker : workers_) worker.join();
}

// A pool all of whose threads hang, with more that waits; and one that has threads left.
TEST_F(WatchdogTest, SaysNothingWhileAWholePoolGetsNothingDone) {
  RESTANTE_CHECK(workers_.emplace_back(0).start());
  net::BlockingPool pool(4);
  std::latch go_on(1);
  std::latch ended(6);
  const auto hang = [&](std::uint64_t source) -> net::Task<void> {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    auto work = [&go_on] {
      go_on.wait();
      return 0;
    };
    static_cast<void>(co_await pool.run_for(net::Errand::kOwner, source, work));
    ended.count_down();
  };
  Watchdog watchdog(context_, workers_, socket_.supervisor());
  watchdog.watch(pool);
  workers_.front().post([&] {
    for (int i = 0; i < 3; ++i) workers_.front().spawn(hang(1));
  });
  watchdog.start(std::chrono::milliseconds(2));
  std::string got;
  while (got.empty() && context_.run_one() > 0) got = socket_.take();
  EXPECT_EQ(got, "WATCHDOG=1") << "one source has not all threads";
  workers_.front().post([&] {
    for (std::uint64_t source = 2; source < 5; ++source) workers_.front().spawn(hang(source));
  });
  while (!pool.progress().full) std::this_thread::yield();
  for (int i = 0; i < 3; ++i) context_.run_one();
  static_cast<void>(socket_.take());
  for (int i = 0; i < 5; ++i) context_.run_one();
  EXPECT_EQ(socket_.take(), "");
  go_on.count_down();
  got.clear();
  while (got.empty() && context_.run_one() > 0) got = socket_.take();
  EXPECT_EQ(got, "WATCHDOG=1");
  ended.wait();
  watchdog.stop();
  context_.run();
  workers_.front().stop({});
  workers_.front().join();
  pool.join();
}

TEST_F(WatchdogTest, DoesNothingUnasked) {
  Watchdog watchdog(context_, workers_, socket_.supervisor());
  watchdog.start({});
  EXPECT_EQ(context_.run(), 0U);
}

}  // namespace
}  // namespace restante::server
