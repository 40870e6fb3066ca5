#include "accounts/chain/open.h"

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

}  // namespace
}  // namespace restante::accounts
