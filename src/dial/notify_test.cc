#include "dial/notify.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "dial/test_notify_socket.h"

namespace restante::net {
namespace {

TEST(Notify, TellsTheSocketThatSystemdNames) {
  const TestNotifySocket socket;
  Supervisor().notify("READY=1");  // No socket is named any more.
  socket.supervisor().notify("STOPPING=1");
  EXPECT_EQ(socket.take(), "STOPPING=1");
  EXPECT_EQ(socket.take(), "");
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
