#include "dial/stop_signal.h"

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

TEST(StopSignal, WhoAsksIsSeenToGoOn) {
  const auto stop = StopSignal::create();
  Pulse pulse;
  const auto mine = stop->watched(pulse);
  ASSERT_TRUE(mine);
  pulse.rest();
  const auto resting = pulse.seen();
  EXPECT_FALSE(stop->raised());
  EXPECT_EQ(pulse.seen(), resting);  // The one that was asked is not watched.
  const auto before = Pulse::Clock::now();
  EXPECT_FALSE(mine->raised());
  EXPECT_GE(pulse.seen(), before);
  EXPECT_LT(pulse.seen(), resting);
  pulse.rest();
  EXPECT_GE(mine->descriptor(), 0);
  EXPECT_LT(pulse.seen(), resting);
  stop->raise();
  EXPECT_TRUE(mine->raised());
}

}  // namespace
}  // namespace restante::net
