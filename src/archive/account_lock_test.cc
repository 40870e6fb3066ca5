#include "archive/account_lock.h"

#include "archive/test_support.h"

namespace restante::archive {
namespace {

TEST(AccountLock, OneAtATime) {
  TempFolder folder;
  {
    const auto first = AccountLock::take(folder.path(), "home");
    ASSERT_TRUE(first) << first.error().message();
    const auto second = AccountLock::take(folder.path(), "home");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::kBusy);
    EXPECT_TRUE(AccountLock::take(folder.path(), "work"));
  }
  EXPECT_TRUE(AccountLock::take(folder.path(), "home"));
}

}  // namespace
}  // namespace restante::archive
