#include "accounts/own/directory.h"

#include "accounts/own/test_fixture.h"

namespace restante::accounts::own {
namespace {

TEST_F(OwnSettings, WhatIsSetCountsAtOnceWhereTheBackEndIsQuick) {
  EXPECT_EQ(login("secret", "192.0.2.1"), "-");
  const std::string phone = make_device("phone");
  EXPECT_EQ(login(phone), "phone");
  EXPECT_EQ(login("secret"), "-");
  ASSERT_TRUE(admin->set_networks("alice", networks("198.51.100.0/24")));
  EXPECT_EQ(login("secret", "192.0.2.1"), "");
  EXPECT_EQ(login(phone, "192.0.2.1"), "");
  EXPECT_EQ(login(phone, "198.51.100.1"), "phone");
  ASSERT_TRUE(admin->set_networks("alice", nullptr));
  EXPECT_EQ(login("secret", "192.0.2.1"), "-");
  ASSERT_TRUE(admin->remove_device("alice", "phone"));
  EXPECT_EQ(login(phone), "");
  ASSERT_TRUE(admin->set_enabled("alice", false));
  EXPECT_EQ(login("secret"), "");
  EXPECT_FALSE(directory->find("alice@x.test")->enabled);
  ASSERT_TRUE(admin->set_enabled("alice", true));
  EXPECT_EQ(login("secret"), "-");
  ASSERT_TRUE(admin->bar_login("alice"));
  EXPECT_EQ(login("secret"), "");
  EXPECT_TRUE(directory->find("alice@x.test")->enabled) << "mail is taken";
}

// A slow back end is believed for a while; what is set here is looked at each time.
TEST_F(OwnSettings, WhatIsSetCountsAtOnceForARememberedLogin) {
  slow = true;
  const std::string phone = make_device("phone");
  const std::string laptop = make_device("laptop");
  EXPECT_EQ(login("secret", "192.0.2.1"), "-");
  EXPECT_EQ(login(phone, "192.0.2.1"), "phone");
  EXPECT_EQ(login(laptop, "192.0.2.1"), "laptop");
  accounts.asked = 0;
  EXPECT_EQ(remembered("secret", "192.0.2.1"), "-")
      << "a device leaves the password's memory alone";
  EXPECT_EQ(remembered(phone, "192.0.2.1"), "phone");
  EXPECT_EQ(remembered(laptop, "192.0.2.1"), "laptop");
  EXPECT_EQ(accounts.asked, 0) << "the back end was asked";
  ASSERT_TRUE(admin->remove_device("alice", "phone"));
  EXPECT_EQ(remembered(phone, "192.0.2.1"), "");
  EXPECT_EQ(login(phone, "192.0.2.1"), "");
  EXPECT_EQ(remembered(laptop, "192.0.2.1"), "laptop");
  const std::string other = make_device("phone");
  EXPECT_EQ(login(phone, "192.0.2.1"), "") << "the label is there again, its password is another";
  EXPECT_EQ(login(other, "192.0.2.1"), "phone");
  ASSERT_TRUE(admin->set_networks("alice", networks("198.51.100.0/24")));
  for (const std::string_view password : {std::string_view("secret"), std::string_view(laptop)}) {
    EXPECT_EQ(remembered(password, "192.0.2.1"), "");
    EXPECT_EQ(login(password, "192.0.2.1"), "");
  }
  ASSERT_TRUE(admin->set_networks("alice", nullptr));
  EXPECT_EQ(login("secret", "192.0.2.1"), "-");
  ASSERT_TRUE(admin->set_enabled("alice", false));
  EXPECT_EQ(remembered("secret", "192.0.2.1"), "");
  EXPECT_EQ(remembered(laptop, "192.0.2.1"), "");
}

TEST_F(OwnSettings, ABackEndThatIsDownIsNoWrongPassword) {
  slow = true;
  const std::string phone = make_device("phone");
  EXPECT_EQ(login(phone), "phone");
  EXPECT_EQ(login("secret"), "-");
  accounts.broken = true;
  EXPECT_EQ(login(phone), "phone") << "who was here lately goes on";
  EXPECT_EQ(login("secret"), "-");
  EXPECT_EQ(login("wrong"), "!");
  EXPECT_EQ(login("abcde-fghjk-mnpqr-stvwx"), "!");
  EXPECT_EQ(code(admin->remove_device("alice", "phone")), Errc::kTimeout);
}

TEST_F(OwnSettings, OursWinOverTheBackEnds) {
  Account& alice = accounts.accounts["alice@x.test"];
  alice.allowance.quota_octets = 1000;
  alice.allowance.quota_messages = 10;
  alice.networks = networks("192.0.2.0/24");
  ASSERT_TRUE(admin->change_allowance("alice", [](Allowance& own) {
    EXPECT_EQ(own, Allowance()) << "what the back end says is not ours";
    own.quota_octets = 5;
    own.retention_days = 7;
  }));
  auto found = directory->find("alice@x.test");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->allowance.quota_octets, 5U);
  EXPECT_EQ(found->allowance.quota_messages, 10U);
  EXPECT_EQ(found->allowance.retention_days, 7U);
  EXPECT_TRUE(found->allows("192.0.2.1"));
  EXPECT_EQ(directory->retention_spread()->least_days, 7U);
  EXPECT_EQ(directory->find_owner("alice@x.test")->allowance.quota_octets, 5U);
  ASSERT_TRUE(admin->set_networks("alice", networks("198.51.100.0/24")));
  EXPECT_FALSE(directory->find("alice@x.test")->allows("192.0.2.1"));
  ASSERT_TRUE(admin->set_networks("alice", nullptr));
  EXPECT_TRUE(directory->find("alice@x.test")->allows("192.0.2.1"));
  EXPECT_FALSE(directory->find("alice@x.test")->allows("198.51.100.1"));
  const auto route =
      std::make_shared<const Route>(Route{"pop3s://other.test:995", "other.test:24"});
  ASSERT_TRUE(admin->set_route("alice", route));
  found = directory->find("alice@x.test");
  ASSERT_TRUE(found->route);
  EXPECT_EQ(*found->route, *route);
  EXPECT_EQ(*admin->show("alice")->route, *route);
}

TEST_F(OwnSettings, WhomTheBackEndKeepsOutStaysOut) {
  accounts.accounts["alice@x.test"].enabled = false;
  ASSERT_TRUE(admin->set_enabled("alice", true));
  EXPECT_FALSE(directory->find("alice@x.test")->enabled);
  ASSERT_TRUE(admin->change_allowance("alice", [](Allowance& own) { own.quota_octets = 5; }));
  EXPECT_FALSE(directory->find("alice@x.test")->enabled);
  accounts.accounts["alice@x.test"].enabled = true;
  accounts.accounts["alice@x.test"].no_login = true;
  EXPECT_FALSE(directory->find("alice@x.test")->may_log_in(""));
}

TEST_F(OwnSettings, NetworksThatAreNoneLetNobodyInAndAreNotLostByAChange) {
  ASSERT_TRUE(admin->set_networks("alice", networks("192.0.2.0/24")));
  {
    auto database = sql::Connection::open(path, {.patience = std::chrono::seconds(1)});
    ASSERT_TRUE(database->run("UPDATE settings SET networks = 'here'"));
  }
  EXPECT_EQ(login("secret", "192.0.2.1"), "!");
  const auto quota = [](Allowance& own) { own.quota_octets = 5; };
  EXPECT_EQ(code(admin->change_allowance("alice", quota)), Errc::kSyntax);
  EXPECT_EQ(login("secret", "192.0.2.1"), "!");
  ASSERT_TRUE(admin->set_networks("alice", networks("192.0.2.0/24")));
  EXPECT_EQ(login("secret", "192.0.2.1"), "-");
}

TEST_F(OwnSettings, CopiesAreKnownAtOnce) {
  EXPECT_THAT(*directory->copies(), testing::IsEmpty());
  accounts.add("bob@x.test");
  const Copy to_bob{"team", "account:bob@x.test", "", true, true, true, clock.now()};
  const Copy away{"away", "smtp:relay.test:25", "alice@away.test", false, false,
                  false,  clock.now()};
  ASSERT_TRUE(admin->add_copy("bob", away));
  ASSERT_TRUE(admin->add_copy("alice", to_bob));
  ASSERT_TRUE(admin->add_copy("alice", away));
  const auto all = directory->copies();
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ(all->at(0).account, "alice@x.test");
  EXPECT_EQ(all->at(0).copy, away);
  EXPECT_EQ(all->at(1).copy, to_bob);
  EXPECT_EQ(all->at(2).account, "bob@x.test");
  ASSERT_TRUE(admin->remove_copy("alice", "team"));
  EXPECT_EQ(directory->copies()->size(), 2U);
}

TEST_F(OwnSettings, TheLastUseOfADeviceIsWritten) {
  const std::string phone = make_device("phone");
  EXPECT_EQ(login(phone), "phone");
  EXPECT_FALSE(admin->list_devices("alice")->front().last_used);
  ASSERT_TRUE(directory->save_device_uses());
  EXPECT_EQ(admin->list_devices("alice")->front().last_used, clock.now());
}

/// Whom it was asked about.
class Witness : public SettingsReader {
 public:
  explicit Witness(std::vector<std::string>& asked, const bool& down)
      : asked_(asked), down_(down) {}
  Result<SettingsPointer> find(std::string_view account) override {
    asked_.emplace_back(account);
    if (down_) return Error(Errc::kIo, "down");
    return SettingsPointer();
  }
  Result<RetentionSpread> retention_spread() override { return RetentionSpread{}; }
  Result<std::vector<AccountCopy>> copies() override { return std::vector<AccountCopy>(); }
  void note_use(const Account& /*account*/, WallTime /*now*/) override {}
  Status save_uses() override { return ok(); }

 private:
  std::vector<std::string>& asked_;
  const bool& down_;
};

TEST_F(OwnSettings, ANameThatNobodyHasCostsTheSameQuestion) {
  std::vector<std::string> asked;
  bool down = false;
  const auto watched = make_directory(std::make_unique<BackEnd>(accounts, slow),
                                      std::make_unique<Witness>(asked, down));
  EXPECT_TRUE(watched->find("alice@x.test"));
  EXPECT_EQ(code(watched->find("nobody@x.test")), Errc::kNotFound);
  EXPECT_EQ(code(*watched->find_now("nobody@x.test")), Errc::kNotFound);
  EXPECT_THAT(asked, testing::ElementsAre("alice@x.test", "nobody@x.test", "nobody@x.test"));
  down = true;
  EXPECT_EQ(code(watched->find("alice@x.test")), Errc::kIo) << "nobody gets in without them";
  EXPECT_EQ(code(watched->find("nobody@x.test")), Errc::kIo) << "or the answer would tell";
}

}  // namespace
}  // namespace restante::accounts::own
