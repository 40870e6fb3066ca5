#include "net/notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "net/unique_fd.h"

namespace restante::net {
namespace {

TEST(Notify, TellsTheSocketThatSystemdNames) {
  std::string pattern = (std::filesystem::temp_directory_path() / "restante-nt-XXXXXX").string();
  const std::filesystem::path directory = ::mkdtemp(pattern.data());
  const std::string path = directory / "notify";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);

  ::unsetenv("NOTIFY_SOCKET");
  Supervisor().notify("READY=1");
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  const Supervisor supervisor;
  supervisor.notify("STOPPING=1");
  ::unsetenv("NOTIFY_SOCKET");

  std::array<char, 64> received{};
  const ssize_t count = ::recv(fd.get(), received.data(), received.size(), 0);
  EXPECT_EQ(std::string(received.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))),
            "STOPPING=1");
  std::filesystem::remove_all(directory);
}

TEST(WatchdogInterval, IsWhatTheEnvironmentSays) {
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_EQ(watchdog_interval().count(), 0);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(watchdog_interval(), std::chrono::seconds(30));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(watchdog_interval().count(), 0);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_interval(), std::chrono::seconds(30));
  ::setenv("WATCHDOG_USEC", "30s", 1);
  EXPECT_EQ(watchdog_interval().count(), 0);
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
}

}  // namespace
}  // namespace restante::net
