#include "accounts/chain/open.h"

#include <gtest/gtest.h>

#include "accounts/sqlite/admin.h"
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

TEST(Open, SeveralInOrderAndTheFirstLocalOneIsManaged) {
  const TempDir dir;
  const ManualClock clock;
  dir.write("users", "bob:{PLAIN}file\n");
  BackendSettings settings;
  settings.names = NameRules("x.test", true);
  settings.backend = Backend::kPostgresql;
  settings.postgresql.connection = "host=127.0.0.1 port=1";
  settings.next.resize(2);
  settings.next[0].backend = Backend::kPasswdFile;
  settings.next[0].path = dir / "users";
  settings.next[1].path = dir / "accounts.db";
  EXPECT_EQ((*open_admin(settings, clock))->show("bob")->name, "bob@x.test");
  const auto directory = *open_directory(settings, clock);
  EXPECT_TRUE(directory->is_slow());
  EXPECT_EQ(directory->find("bob@x.test").error().code, Errc::kIo) << "the first is down";
  std::swap(settings.backend, settings.next[0].backend);
  std::swap(settings.path, settings.next[0].path);
  settings.next[0].postgresql = settings.postgresql;
  EXPECT_EQ((*open_directory(settings, clock))->find("bob@x.test")->secret, "{PLAIN}file");
}

TEST(Open, WhatIsElsewhereIsNotManaged) {
  const ManualClock clock;
  BackendSettings settings;
  settings.backend = Backend::kLdap;
  settings.ldap.uri = "ldap://127.0.0.1:1";
  const auto admin = *open_admin(settings, clock);
  for (const Error& refusal :
       {admin->list().error(), admin->add("a", "b").error(), admin->show("a").error(),
        admin->remove("a").error(), admin->set_secret("a", "b").error(),
        admin->set_enabled("a", true).error(), admin->change_all({}, {}).error(),
        admin->add_alias("a", {}).error(), admin->remove_alias("a").error(),
        admin->list_aliases().error()}) {
    EXPECT_EQ(refusal.code, Errc::kState);
    EXPECT_NE(refusal.detail.find("managed elsewhere (ldap ldap://127.0.0.1:1)"),
              std::string::npos);
  }
  settings.ldap.filter = "(mail={user})";
  EXPECT_EQ(open_directory(settings, clock).error().code, Errc::kSyntax);
}

// What is set lies over the accounts of any back end; accounts.db has the one place for it.
TEST(Open, WhatIsSetIsForAccountsOfEveryBackEnd) {
  const TempDir dir;
  const ManualClock clock;
  dir.write("users", "bob:{PLAIN}file\n");
  BackendSettings settings;
  settings.names = NameRules("x.test", true);
  settings.backend = Backend::kPasswdFile;
  settings.path = dir / "users";
  settings.next.resize(1);
  settings.next[0].path = dir / "accounts.db";
  settings.own.kind = SettingsPlace::Kind::kSqlite;
  settings.own.path = dir / "accounts.db";
  const auto directory = *open_directory(settings, clock);
  const auto quota = [](Allowance& own) { own.quota_octets = 5; };
  {
    const auto own = *sqlite::open_admin(dir / "accounts.db", settings.names, clock);
    ASSERT_TRUE(own->add("carol", "{PLAIN}x"));
    ASSERT_TRUE(own->rename("carol", "caroline", OldName::kGoes));
  }
  const auto admin = *open_admin(settings, clock);
  for (const char* name : {"bob", "caroline"}) {
    ASSERT_TRUE(admin->change_allowance(name, quota)) << name;
    EXPECT_EQ(admin->show(name)->allowance.quota_octets, 5U) << name;
    const auto found = directory->find(std::string(name) + "@x.test");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->allowance.quota_octets, 5U) << name;
  }
  EXPECT_EQ(admin->show("bob")->place, "passwd-file " + settings.path.string());
  AccountChange more("caroline");
  more.allowance.quota_messages = 6;
  AccountChange bob("bob");
  bob.allowance.quota_messages = 6;
  BulkRules rules;
  rules.update = true;
  const auto done = admin->change_all({bob, more}, rules);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_TRUE(done->done);
  EXPECT_EQ(done->count(RowVerdict::kChanged), 2U);
  EXPECT_EQ(directory->find("caroline@x.test")->allowance.quota_messages, 6U);
  AccountChange nobody("nobody");
  bob.allowance.quota_messages = 7;
  more.allowance.quota_messages = 7;
  EXPECT_FALSE(admin->change_all({bob, nobody, more}, rules)->done);
  EXPECT_EQ(directory->find("caroline@x.test")->allowance.quota_messages, 6U) << "all or nothing";
}

}  // namespace
}  // namespace restante::accounts
