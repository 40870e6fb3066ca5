#include "accounts/open.h"

#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

TEST(Open, EachBackEnd) {
  const TempDir dir;
  const ManualClock clock;
  BackendSettings settings;
  settings.names = NameRules("x.test", true);
  settings.path = dir / "accounts.db";
  ASSERT_TRUE((*open_admin(settings, clock))->add("alice", "{PLAIN}x"));
  EXPECT_TRUE((*open_directory(settings, clock))->find("alice@x.test"));

  dir.write("users", "bob:{PLAIN}x\n");
  settings.backend = Backend::kPasswdFile;
  settings.path = dir / "users";
  EXPECT_TRUE((*open_directory(settings, clock))->find("bob@x.test"));
  EXPECT_EQ((*open_admin(settings, clock))->add("alice", "{PLAIN}x").error().code, Errc::kState);
}

}  // namespace
}  // namespace restante::accounts
