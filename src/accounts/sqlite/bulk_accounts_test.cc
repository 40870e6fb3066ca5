#include "accounts/sqlite/bulk_accounts.h"

#include "accounts/sqlite/test_bulk_verdicts.h"
#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

AccountChange with_secret(std::string name, std::string secret) {
  AccountChange change(std::move(name));
  change.secret = std::move(secret);
  return change;
}

TEST_F(SqliteAccounts, ImportIsAllOrNothing) {
  ASSERT_TRUE(admin->add("bob", "{PLAIN}x"));
  const auto clash =
      admin->change_all({with_secret("alice", "{PLAIN}a"), with_secret("bob", "{PLAIN}b"),
                         with_secret("ALICE", "{PLAIN}d"), with_secret("c", "hunter2")},
                        {});
  EXPECT_THAT(verdicts(clash), ElementsAre(kAdded, kRefused, kRefused, kRefused));
  EXPECT_FALSE(clash->done);
  EXPECT_EQ(clash->rows[1].code, Errc::kExists);
  EXPECT_EQ(clash->rows[3].code, Errc::kSyntax);
  EXPECT_THAT(clash->rows[3].why, Not(HasSubstr("hunter2")));
  EXPECT_THAT(names(), ElementsAre("bob@x.test"));
  const auto done =
      admin->change_all({with_secret("alice", "{PLAIN}a"), with_secret("carol", "{PLAIN}c")}, {});
  EXPECT_TRUE(done->done);
  EXPECT_EQ(done->count(kAdded), 2U);
  EXPECT_THAT(names(), ElementsAre("alice@x.test", "bob@x.test", "carol@x.test"));
}

TEST_F(SqliteAccounts, AnImportCarriesOverWhatItKnows) {
  AccountChange alice = with_secret("alice", "{PLAIN}a");
  alice.no_login = true;
  alice.networks = std::make_shared<const Networks>(*Networks::parse("192.0.2.0/24,local"));
  alice.allowance.quota_octets = 7;
  AccountChange bob = with_secret("bob", "{PLAIN}a");
  bob.enabled = false;
  ASSERT_TRUE(admin->change_all({alice, bob}, {})->done);
  const AccountEntry shown = *admin->show("alice");
  EXPECT_TRUE(shown.no_login);
  EXPECT_EQ(*shown.networks, **alice.networks);
  EXPECT_EQ(shown.allowance.quota_octets, 7U);
  const Account found = *directory->find("alice@x.test");
  EXPECT_TRUE(found.enabled);
  EXPECT_TRUE(found.no_login);
  EXPECT_EQ(*found.networks, **alice.networks);
  EXPECT_FALSE(directory->find("bob@x.test")->enabled);
  ASSERT_TRUE(admin->set_enabled("alice", true));
  EXPECT_TRUE(directory->find("alice@x.test")->may_log_in("192.0.2.1"));
  EXPECT_FALSE(directory->find("alice@x.test")->may_log_in("198.51.100.1"));
  ASSERT_TRUE(admin->set_networks("alice", nullptr));
  EXPECT_TRUE(directory->find("alice@x.test")->may_log_in("198.51.100.1"));
  ASSERT_TRUE(admin->bar_login("alice"));
  EXPECT_FALSE(directory->find("alice@x.test")->may_log_in("192.0.2.1"));
  EXPECT_TRUE(directory->find("alice@x.test")->enabled);
  EXPECT_EQ(code(admin->bar_login("nobody")), Errc::kNotFound);
  EXPECT_EQ(code(admin->set_networks("nobody", nullptr)), Errc::kNotFound);
}

TEST_F(SqliteAccounts, AnImportMaySkipOrUpdate) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}old"));
  ASSERT_TRUE(admin->add_alias("team", {"alice"}));
  ASSERT_TRUE(admin->bar_login("alice"));
  ASSERT_TRUE(admin->change_allowance("alice", [](Allowance& a) { a.quota_messages = 3; }));
  std::vector<AccountChange> file = {with_secret("alice", "{PLAIN}new"),
                                     with_secret("bob", "{PLAIN}b"),
                                     with_secret("team", "{PLAIN}t")};
  file[0].allowance.quota_octets = 7;
  BulkRules rules;
  rules.only_look = rules.update = true;
  EXPECT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kChanged, kAdded, kRefused));
  EXPECT_THAT(names(), ElementsAre("alice@x.test"));
  rules.only_look = rules.update = false;
  rules.skip_refused = true;
  EXPECT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kRefused, kAdded, kRefused));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}old");
  rules.update = true;
  EXPECT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kChanged, kSame, kRefused))
      << "an alias is no account";
  const Account alice = *directory->find("alice@x.test");
  EXPECT_EQ(alice.secret, "{PLAIN}new");
  EXPECT_TRUE(alice.no_login) << "nobody is let in by what is not said";
  EXPECT_EQ(alice.allowance.quota_octets, 7U);
  EXPECT_EQ(alice.allowance.quota_messages, 3U) << "what the file does not say stays";
}

TEST_F(SqliteAccounts, WhatIsAsItShouldBeIsNotWritten) {
  std::vector<AccountChange> file = {with_secret("alice", "{PLAIN}a")};
  file[0].networks = std::make_shared<const Networks>(*Networks::parse("local"));
  BulkRules rules;
  rules.update = true;
  ASSERT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kAdded));
  clock.advance(std::chrono::seconds(5));
  EXPECT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kSame));
  file[0].allowance.retention_days = 3;
  EXPECT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kChanged));
  EXPECT_EQ(admin->show("alice")->secret_changed, admin->show("alice")->created);
  file[0].secret = "{PLAIN}b";
  EXPECT_THAT(verdicts(admin->change_all(file, rules)), ElementsAre(kChanged));
  EXPECT_NE(admin->show("alice")->secret_changed, admin->show("alice")->created);
}

TEST_F(SqliteAccounts, SetChangesOnlyWhatIsThere) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}a"));
  AccountChange alice("Alice");
  alice.enabled = false;
  alice.allowance.quota_octets.emplace();
  alice.allowance.quota_messages = 9;
  BulkRules rules;
  rules.update = true;
  rules.add = false;
  const auto set = admin->change_all({alice, AccountChange("nobody")}, rules);
  EXPECT_THAT(verdicts(set), ElementsAre(kChanged, kRefused));
  EXPECT_EQ(set->rows[1].code, Errc::kNotFound);
  EXPECT_TRUE(admin->show("alice")->enabled);
  ASSERT_TRUE(admin->change_all({alice}, rules)->done);
  EXPECT_FALSE(admin->show("alice")->enabled);
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}a");
  EXPECT_EQ(admin->show("alice")->allowance.quota_messages, 9U);
}

TEST_F(SqliteAccounts, ARowOutOfRangeCostsItself) {
  AccountChange much = with_secret("much", "{PLAIN}a");
  much.allowance.quota_octets = kQuotaMax + 1;
  AccountChange bare("bare");
  BulkRules rules;
  rules.skip_refused = true;
  const auto outcome = admin->change_all(
      {much, with_secret("\xFF", "{PLAIN}x"), bare, with_secret("ok", "{PLAIN}x")}, rules);
  EXPECT_THAT(verdicts(outcome), ElementsAre(kRefused, kRefused, kRefused, kAdded));
  EXPECT_THAT(names(), ElementsAre("ok@x.test"));
}

TEST_F(SqliteAccounts, DevicesComeAndGoInBulk) {
  AccountChange alice = with_secret("alice", "{PLAIN}a");
  alice.new_devices = {"phone", "laptop"};
  BulkRules rules;
  rules.update = rules.skip_refused = true;
  const auto made = admin->change_all({alice}, rules);
  ASSERT_EQ(made->rows[0].devices.size(), 2U);
  const Account found = *directory->find("alice@x.test");
  EXPECT_TRUE(same_tag(found.devices[1].tag,
                       *device_tag("alice@x.test", made->rows[0].devices[0].password)));
  const auto again = admin->change_all({alice}, rules);
  EXPECT_THAT(verdicts(again), ElementsAre(kSame)) << "a password is made once";
  EXPECT_THAT(again->rows[0].devices, IsEmpty());
  AccountChange wrong("alice");
  wrong.new_devices = {"tablet", " no label "};
  wrong.enabled = false;
  EXPECT_THAT(verdicts(admin->change_all({wrong}, rules)), ElementsAre(kRefused));
  EXPECT_EQ(admin->list_devices("alice")->size(), 2U) << "a refused row does nothing";
  EXPECT_TRUE(admin->show("alice")->enabled);
  AccountChange fewer("alice");
  fewer.lost_devices = {"phone", "never there"};
  EXPECT_THAT(verdicts(admin->change_all({fewer}, rules)), ElementsAre(kChanged));
  EXPECT_EQ(admin->list_devices("alice")->front().label, "laptop");
}

TEST_F(SqliteAccounts, AnotherSpellingIsNoNewName) {
  ASSERT_TRUE(admin->add("m\u00fcller@b\u00fccher.test", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("team", {"m\u00fcller@b\u00fccher.test"}));
  const auto outcome =
      admin->change_all({with_secret("new", "{PLAIN}x"), with_secret("team", "{PLAIN}x"),
                         with_secret("m\u00fcller@xn--bcher-kva.test", "{PLAIN}x")},
                        {});
  EXPECT_THAT(verdicts(outcome), ElementsAre(kAdded, kRefused, kRefused));
}

}  // namespace
}  // namespace restante::accounts::sqlite
