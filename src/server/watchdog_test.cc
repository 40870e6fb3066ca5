#include "server/watchdog.h"

#include <gtest/gtest.h>

#include <latch>

#include "net/test_notify_socket.h"

namespace restante::server {
namespace {

class WatchdogTest : public testing::Test {
 protected:
  net::TestNotifySocket socket_;
  net::asio::io_context context_{1};
  std::list<net::Worker> workers_;
};

TEST_F(WatchdogTest, SaysThatAllWorkersTurn) {
  for (std::size_t i = 0; i < 2; ++i) workers_.emplace_back(i).start();
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
  for (std::size_t i = 0; i < 2; ++i) workers_.emplace_back(i).start();
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

TEST_F(WatchdogTest, DoesNothingUnasked) {
  Watchdog watchdog(context_, workers_, socket_.supervisor());
  watchdog.start({});
  EXPECT_EQ(context_.run(), 0U);
}

}  // namespace
}  // namespace restante::server
