#include "net/stop_signal.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace restante::net {
namespace {

TEST(StopSignal, StaysRaised) {
  auto stop = StopSignal::create();
  ASSERT_TRUE(stop);
  EXPECT_FALSE(stop->raised());
  stop->raise();
  stop->raise();
  for (int i = 0; i < 2; ++i) {
    pollfd wait{stop->descriptor(), POLLIN, 0};
    EXPECT_EQ(::poll(&wait, 1, 0), 1);
    EXPECT_TRUE(stop->raised());
  }
}

}  // namespace
}  // namespace restante::net
