#include "accounts/sqlite/peek.h"

#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts::sqlite {
namespace {

TEST_F(SqliteAccounts, PeekFindsAccountsAndAliases) {
  ASSERT_TRUE(admin->add("postmaster", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("info", {"postmaster@x.test"}));
  EXPECT_TRUE(*has_address(path, "postmaster@x.test"));
  EXPECT_TRUE(*has_address(path, "info@x.test"));
  EXPECT_FALSE(*has_address(path, "nobody@x.test"));
}

TEST_F(SqliteAccounts, PeekMakesNoDatabase) {
  EXPECT_FALSE(*has_address(dir / "none.db", "a@x.test"));
  EXPECT_FALSE(std::filesystem::exists(dir / "none.db"));
  dir.write("text.db", "no database");
  EXPECT_FALSE(has_address(dir / "text.db", "a@x.test"));
}

}  // namespace
}  // namespace restante::accounts::sqlite
