#include "server/start/lock_patience.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using std::chrono::milliseconds;

TEST(LockPatience, LastsAsLongAsItMayAndNoLongerThanTheServer) {
  LockPatience patience(milliseconds(100));
  const LockPatience::Time now = std::chrono::steady_clock::now();
  EXPECT_TRUE(patience.goes_on(milliseconds(99), now));
  EXPECT_FALSE(patience.goes_on(milliseconds(100), now));
  patience.set(milliseconds(200));
  EXPECT_TRUE(patience.goes_on(milliseconds(100), now));
  patience.end_by(now + milliseconds(50));
  EXPECT_TRUE(patience.goes_on(milliseconds(0), now));
  EXPECT_FALSE(patience.goes_on(milliseconds(0), now + milliseconds(50)));
}

TEST(LockPatience, TheStoreAsksThisVeryOne) {
  const auto patience = std::make_shared<LockPatience>(milliseconds(100));
  const disk::Patience asked = ask(patience);
  EXPECT_TRUE(asked(milliseconds(0)));
  patience->end_by(std::chrono::steady_clock::now());
  EXPECT_FALSE(asked(milliseconds(0)));
}

}  // namespace
}  // namespace restante::server
