#include "accounts/sqlite/former_names.h"

#include <gtest/gtest.h>

#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts {
namespace {

class FormerNamesTest : public sqlite::SqliteAccounts {
 protected:
  bool was_here(const char* name) {
    const auto was = admin->was_here(name);
    EXPECT_TRUE(was) << name;
    return was && *was;
  }
};

constexpr const char* kFrom = "moving from pop3s://old.x.test:995";

TEST_F(FormerNamesTest, AreThoseOfAccountsThatAreGone) {
  for (const char* name : {"alice", "bob", "carol", "dora"})
    ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  EXPECT_FALSE(was_here("alice"));
  ASSERT_TRUE(admin->remove("alice"));
  ASSERT_TRUE(admin->remove_with_aliases("bob"));
  ASSERT_TRUE(admin->rename("carol", "anna", OldName::kGoes));
  for (const char* name : {"alice", "ALICE@x.test", "bob", "carol"}) EXPECT_TRUE(was_here(name));
  for (const char* name : {"dora", "anna", "nobody"}) EXPECT_FALSE(was_here(name));
  ASSERT_TRUE(admin->remember("purged"));
  ASSERT_TRUE(admin->remember("purged"));
  EXPECT_TRUE(was_here("Purged"));
}

TEST_F(FormerNamesTest, AreNoNewcomers) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  ASSERT_TRUE(admin->remove("alice"));
  const Newcomer alice{"alice@x.test", "{PLAIN}y", {kFrom, "old.x.test:24"}};
  const auto refused = admin->add_newcomer(alice);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kAuth);
  // Its operator may.
  EXPECT_TRUE(admin->add("alice", "{PLAIN}x"));
}

TEST_F(FormerNamesTest, NewcomersHaveTheirRouteAtOnce) {
  const auto made = admin->add_newcomer({"bob@x.test", "{PLAIN}y", {kFrom, "old.x.test:24"}});
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(*made, "bob@x.test");
  const auto entry = admin->show("bob");
  ASSERT_TRUE(entry && entry->route);
  EXPECT_EQ(*entry->route, (Route{kFrom, "old.x.test:24"}));
  const auto again = admin->add_newcomer({"bob@x.test", "{PLAIN}z", {kFrom}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::kExists);
  EXPECT_EQ(*admin->secret_of("bob"), "{PLAIN}y");
}

}  // namespace
}  // namespace restante::accounts
