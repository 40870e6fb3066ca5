#include "archive/mailbox/account_lock.h"

#include "archive/mailbox/test_support.h"

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

TEST(IndexLock, OneAtATimeAndNoAccounts) {
  TempFolder folder;
  {
    const auto first = IndexLock::take(folder.path(), WhenBusy::kWait);
    ASSERT_TRUE(first) << first.error().message();
    const auto second = IndexLock::take(folder.path(), WhenBusy::kLeave);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::kBusy);
    EXPECT_TRUE(AccountLock::take(folder.path(), ".index"));
  }
  EXPECT_TRUE(IndexLock::take(folder.path(), WhenBusy::kLeave));
}

}  // namespace
}  // namespace restante::archive
