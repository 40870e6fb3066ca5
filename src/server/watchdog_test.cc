#include "server/watchdog.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <latch>

#include "net/unique_fd.h"

namespace restante::server {
namespace {

/// A socket as systemd has it; `notices` waits for as many datagrams.
class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-wd-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const std::string path = folder_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    supervisor_ = std::make_unique<net::Supervisor>();
    ::unsetenv("NOTIFY_SOCKET");
  }
  ~WatchdogTest() override { std::filesystem::remove_all(folder_); }
  WatchdogTest(const WatchdogTest&) = delete;
  WatchdogTest& operator=(const WatchdogTest&) = delete;

  std::string notice(int flags = 0) {
    std::array<char, 64> received{};
    const ssize_t count = ::recv(socket_.get(), received.data(), received.size(), flags);
    return count < 0 ? std::string()
                     : std::string(received.data(), static_cast<std::size_t>(count));
  }

  std::filesystem::path folder_;
  net::UniqueFd socket_;
  std::unique_ptr<net::Supervisor> supervisor_;
  net::asio::io_context context_{1};
  std::list<net::Worker> workers_;
};

TEST_F(WatchdogTest, SaysThatAllWorkersTurn) {
  for (std::size_t i = 0; i < 2; ++i) workers_.emplace_back(i).start();
  Watchdog watchdog(context_, workers_, *supervisor_);
  watchdog.start(std::chrono::milliseconds(2));
  for (int i = 0; i < 3; ++i) {
    std::string got;
    while (got.empty() && context_.run_one() > 0) got = notice(MSG_DONTWAIT);
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
  Watchdog watchdog(context_, workers_, *supervisor_);
  watchdog.start(std::chrono::milliseconds(2));
  for (int i = 0; i < 5; ++i) context_.run_one();
  EXPECT_EQ(notice(MSG_DONTWAIT), "");
  go_on.count_down();
  std::string got;
  while (got.empty() && context_.run_one() > 0) got = notice(MSG_DONTWAIT);
  EXPECT_EQ(got, "WATCHDOG=1");
  watchdog.stop();
  context_.run();
  for (net::Worker& worker : workers_) worker.stop({});
  for (net::Worker& worker : workers_) worker.join();
}

TEST_F(WatchdogTest, DoesNothingUnasked) {
  Watchdog watchdog(context_, workers_, *supervisor_);
  watchdog.start({});
  EXPECT_EQ(context_.run(), 0U);
}

}  // namespace
}  // namespace restante::server
