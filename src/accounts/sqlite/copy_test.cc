#include "accounts/sqlite/copy.h"

#include <gtest/gtest.h>

#include "accounts/sqlite/admin.h"
#include "accounts/sqlite/directory.h"
#include "accounts/test_support.h"

namespace restante::accounts::sqlite {
namespace {

constexpr const char* kSecret = "{PLAIN}secret";

class CopyDatabase : public ::testing::Test {
 protected:
  CopyDatabase() : admin_(*open_admin(folder_ / "accounts.db", {"example.test", true}, clock_)) {
    EXPECT_TRUE(admin_->add("alice", kSecret));
    folder_.write("copy.db", "");
  }

  TempDir folder_;
  ManualClock clock_;
  std::unique_ptr<AccountAdmin> admin_;
};

TEST_F(CopyDatabase, IsADatabaseOfItsOwn) {
  ASSERT_TRUE(copy_database(folder_ / "accounts.db", folder_ / "copy.db"));
  ASSERT_TRUE(admin_->add("bob", kSecret));
  const auto copy = open_directory(folder_ / "copy.db");
  ASSERT_TRUE(copy) << copy.error().message();
  EXPECT_EQ((*copy)->find("alice@example.test")->secret, kSecret);
  EXPECT_FALSE((*copy)->find("bob@example.test"));
}

TEST_F(CopyDatabase, NoDatabase) {
  const auto copied = copy_database(folder_ / "none.db", folder_ / "copy.db");
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, Errc::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.db")) << "none is made";
}

TEST_F(CopyDatabase, NeverOverAnotherFile) {
  folder_.write("copy.db", "something else");
  EXPECT_FALSE(copy_database(folder_ / "accounts.db", folder_ / "copy.db"));
}

}  // namespace
}  // namespace restante::accounts::sqlite
