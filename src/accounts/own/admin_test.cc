#include "accounts/own/admin.h"

#include "accounts/own/test_fixture.h"
#include "base/limits.h"

namespace restante::accounts::own {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OwnAdmin : public OwnSettings {
 protected:
  OwnAdmin() { accounts.add("bob@x.test"); }
  std::vector<std::string> orphans() {
    std::vector<std::string> found;
    EXPECT_TRUE(admin->list_orphans({}, [&](const std::string& name) {
      found.push_back(name);
      return true;
    }));
    return found;
  }
};

TEST_F(OwnAdmin, ExistenceIsAskedOfTheBackEnd) {
  EXPECT_EQ(code(admin->add_device("nobody", "phone")), Errc::kNotFound);
  EXPECT_EQ(code(admin->set_enabled("nobody", false)), Errc::kNotFound);
  EXPECT_EQ(code(admin->list_devices("nobody")), Errc::kNotFound);
  accounts.broken = true;
  EXPECT_EQ(code(admin->add_device("alice", "phone")), Errc::kTimeout);
  EXPECT_EQ(code(admin->set_networks("alice", networks("::1"))), Errc::kTimeout);
  EXPECT_EQ(code(admin->show("alice")), Errc::kTimeout);
  accounts.broken = false;
  EXPECT_THAT(*admin->list_devices("alice"), IsEmpty());
  EXPECT_FALSE(directory->find("alice@x.test")->networks);
}

TEST_F(OwnAdmin, DevicesHaveTheirRules) {
  make_device("phone");
  EXPECT_EQ(code(admin->add_device("alice", "phone")), Errc::kExists);
  EXPECT_EQ(code(admin->add_device("alice", "a\nb")), Errc::kSyntax);
  EXPECT_EQ(code(admin->remove_device("alice", "other")), Errc::kNotFound);
  for (std::size_t i = 1; i < limits::kDevicesMax; ++i) make_device(std::to_string(i));
  EXPECT_EQ(code(admin->add_device("alice", "more")), Errc::kLimit);
  ASSERT_TRUE(admin->add_device("bob", "phone"));
  std::vector<std::string> owners;
  ASSERT_TRUE(admin->list_each_account_with_devices({}, [&](const AccountDevices& devices) {
    owners.push_back(devices.account);
    return true;
  }));
  EXPECT_THAT(owners, ElementsAre("alice@x.test", "bob@x.test"));
}

TEST_F(OwnAdmin, CopiesHaveTheirRules) {
  Copy copy{"copy", "lmtp:127.0.0.1:2424"};
  ASSERT_TRUE(admin->add_copy("ALICE", copy));
  EXPECT_EQ(code(admin->add_copy("alice", copy)), Errc::kExists);
  EXPECT_EQ(code(admin->add_copy("nobody", copy)), Errc::kNotFound);
  ASSERT_TRUE(admin->add_copy("bob", copy)) << "a label is its account's";
  copy.created = clock.now();
  EXPECT_THAT(*admin->list_copies("alice"), ElementsAre(copy));
  ASSERT_TRUE(admin->set_copy_paused("alice", "copy", true));
  copy.paused = true;
  EXPECT_THAT(*admin->list_copies("alice"), ElementsAre(copy));
  EXPECT_FALSE(admin->list_copies("bob")->front().paused);
  EXPECT_EQ(code(admin->set_copy_paused("alice", "other", true)), Errc::kNotFound);
  EXPECT_EQ(code(admin->remove_copy("alice", "other")), Errc::kNotFound);
  ASSERT_TRUE(admin->remove_copy("alice", "copy"));
  EXPECT_THAT(*admin->list_copies("alice"), IsEmpty());
  EXPECT_EQ(admin->list_copies("bob")->size(), 1U);
  for (int i = 0; i < 16; ++i)
    ASSERT_TRUE(admin->add_copy("alice", {"copy-" + std::to_string(i), "smtp:relay.test:25"}));
  EXPECT_EQ(code(admin->add_copy("alice", copy)), Errc::kLimit);
}

TEST_F(OwnAdmin, AnAccountElsewhereHasNoCopy) {
  const Copy copy{"copy", "lmtp:127.0.0.1:2424"};
  const auto away = std::make_shared<const Route>(Route{"pop3s://other.test:995"});
  const auto here = std::make_shared<const Route>(Route{"here"});
  ASSERT_TRUE(admin->set_route("alice", away));
  EXPECT_EQ(code(admin->add_copy("alice", copy)), Errc::kState);
  ASSERT_TRUE(admin->set_route("alice", here));
  ASSERT_TRUE(admin->add_copy("alice", copy));
  const auto refused = admin->set_route("alice", away);
  EXPECT_EQ(code(refused), Errc::kState);
  EXPECT_THAT(refused.error().detail, HasSubstr("account copy remove"));
  EXPECT_EQ(*admin->show("alice")->route, *here);
  AccountChange change("alice");
  change.route = away;
  BulkRules rules;
  rules.update = true;
  EXPECT_EQ(admin->change_all({change}, rules)->rows[0].code, Errc::kExists);
  EXPECT_EQ(*admin->show("alice")->route, *here);
  ASSERT_TRUE(admin->remove_copy("alice", "copy"));
  EXPECT_TRUE(admin->set_route("alice", away));
}

TEST_F(OwnAdmin, ShowSaysWhatIsSetHere) {
  accounts.accounts["alice@x.test"].allowance.quota_messages = 10;
  auto shown = admin->show("ALICE");
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->place, "far");
  EXPECT_FALSE(shown->own);
  ASSERT_TRUE(admin->change_allowance("alice", [](Allowance& own) { own.quota_octets = 5; }));
  shown = admin->show("alice");
  ASSERT_TRUE(shown->own);
  EXPECT_EQ(shown->own->allowance.quota_octets, 5U);
  EXPECT_FALSE(shown->own->allowance.quota_messages);
  EXPECT_EQ(shown->allowance.quota_messages, 10U);
}

TEST_F(OwnAdmin, AnOperatorIsOneByOurWordAlone) {
  EXPECT_FALSE(directory->find("alice@x.test")->is_operator);
  ASSERT_TRUE(admin->set_operator("alice", true));
  EXPECT_TRUE(directory->find("alice@x.test")->is_operator);
  EXPECT_FALSE(directory->find("bob@x.test")->is_operator);
  EXPECT_TRUE(admin->show("alice")->is_operator);
  ASSERT_TRUE(admin->set_operator("alice", false));
  EXPECT_FALSE(directory->find("alice@x.test")->is_operator);
  EXPECT_FALSE(admin->show("alice")->own);
  EXPECT_EQ(code(admin->set_operator("nobody", true)), Errc::kNotFound);
}

TEST_F(OwnAdmin, AccountsThemselvesAreManagedElsewhere) {
  EXPECT_EQ(code(admin->add("carol", "{PLAIN}x")), Errc::kState);
  EXPECT_EQ(code(admin->set_secret("alice", "{PLAIN}x")), Errc::kState);
  EXPECT_EQ(code(admin->remove("alice")), Errc::kState);
  EXPECT_EQ(code(admin->list()), Errc::kState);
}

TEST_F(OwnAdmin, SettingsOfAnAccountThatIsGoneAreInertAndCanBeDropped) {
  const std::string phone = make_device("phone");
  accounts.add("carol@x.test");
  ASSERT_TRUE(admin->set_networks("bob", networks("192.0.2.0/24")));
  EXPECT_THAT(orphans(), IsEmpty());
  EXPECT_EQ(code(admin->forget_settings("alice")), Errc::kExists);
  ASSERT_TRUE(admin->add_copy("carol@x.test", {"copy", "account:alice@x.test"}));
  accounts.accounts.erase("carol@x.test");
  accounts.accounts.erase("alice@x.test");
  EXPECT_EQ(login(phone), "");
  EXPECT_THAT(orphans(), ElementsAre("alice@x.test", "carol@x.test")) << "a copy is a setting";
  ASSERT_TRUE(admin->forget_settings("carol"));
  accounts.broken = true;
  EXPECT_EQ(code(admin->list_orphans({}, [](const std::string&) { return true; })), Errc::kTimeout);
  EXPECT_EQ(code(admin->forget_settings("alice")), Errc::kTimeout);
  accounts.broken = false;
  EXPECT_EQ(code(admin->forget_settings("carol")), Errc::kNotFound);
  ASSERT_TRUE(admin->forget_settings("alice"));
  EXPECT_THAT(orphans(), IsEmpty());
  accounts.add("alice@x.test");
  EXPECT_EQ(login(phone), "");
  EXPECT_FALSE(directory->find("bob@x.test")->allows("198.51.100.1")) << "bob's stay";
}

TEST_F(OwnAdmin, ManyAtOnceAreAllOrNothing) {
  AccountChange alice("alice");
  alice.allowance.quota_octets = 5;
  alice.new_devices = {"phone"};
  AccountChange nobody("nobody");
  nobody.enabled = false;
  BulkRules rules;
  rules.update = true;
  auto done = admin->change_all({alice, nobody}, rules);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_FALSE(done->done);
  EXPECT_EQ(done->rows[1].code, Errc::kNotFound);
  EXPECT_FALSE(directory->find("alice@x.test")->allowance.quota_octets);
  rules.only_look = true;
  EXPECT_FALSE(admin->change_all({alice}, rules)->done);
  EXPECT_THAT(*admin->list_devices("alice"), IsEmpty());
  rules.only_look = false;
  rules.skip_refused = true;
  done = admin->change_all({alice, nobody}, rules);
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->done);
  EXPECT_EQ(done->rows[0].verdict, RowVerdict::kChanged);
  ASSERT_EQ(done->rows[0].devices.size(), 1U);
  EXPECT_EQ(login(done->rows[0].devices[0].password), "phone");
  EXPECT_EQ(directory->find("alice@x.test")->allowance.quota_octets, 5U);
  done = admin->change_all({alice}, rules);
  EXPECT_EQ(done->rows[0].verdict, RowVerdict::kSame) << "a file that is read every night";
  AccountChange wrong("bob");
  wrong.allowance.quota_messages = 3;
  wrong.new_devices = {" no label "};
  done = admin->change_all({wrong}, rules);
  EXPECT_EQ(done->rows[0].verdict, RowVerdict::kRefused);
  EXPECT_FALSE(directory->find("bob@x.test")->allowance.quota_messages) << "a refused row";
}

TEST_F(OwnAdmin, ManyAtOnceNeedTheBackEnd) {
  AccountChange alice("alice");
  alice.enabled = false;
  AccountChange bob("bob");
  bob.secret = "{PLAIN}x";
  BulkRules rules;
  rules.update = true;
  rules.skip_refused = true;
  EXPECT_EQ(code(admin->change_all({alice, bob}, rules)), Errc::kState);
  accounts.broken = true;
  EXPECT_EQ(code(admin->change_all({alice}, rules)), Errc::kTimeout);
  accounts.broken = false;
  EXPECT_TRUE(directory->find("alice@x.test")->enabled);
}

}  // namespace
}  // namespace restante::accounts::own
