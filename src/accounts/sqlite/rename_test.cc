#include "accounts/sqlite/rename.h"

#include "accounts/router.h"
#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts::sqlite {
namespace {

using testing::ElementsAre;

class Rename : public SqliteAccounts {
 protected:
  void SetUp() override { ASSERT_TRUE(admin->add("old", "{PLAIN}x")); }
  std::vector<std::string> route(std::string_view address) {
    RouterSettings settings;
    settings.default_domain = "x.test";
    const auto found = Router(*directory, settings).resolve(address);
    return found ? *found : std::vector<std::string>();
  }
};

TEST_F(Rename, TheMaildropAndTheDevicesStayWithIt) {
  const auto device = admin->add_device("old", "phone");
  ASSERT_TRUE(admin->add_alias("team", {"old"}));
  const auto renamed = admin->rename("OLD", "new", OldName::kStays);
  ASSERT_TRUE(renamed) << renamed.error().message();
  EXPECT_EQ(renamed->from, "old@x.test");
  EXPECT_EQ(renamed->to, "new@x.test");
  EXPECT_EQ(renamed->maildrop, "old@x.test");
  const Account found = *directory->find("new@x.test");
  EXPECT_EQ(found.name, "old@x.test") << "so the maildrop is called";
  EXPECT_EQ(found.shown_name(), "new@x.test");
  EXPECT_TRUE(same_tag(found.devices.at(0).tag, *device_tag(found.name, device->password)));
  EXPECT_EQ(code(directory->find("old@x.test")), Errc::kNotFound) << "nobody logs in by it";
  EXPECT_EQ(directory->find_owner("old@x.test")->shown_name(), "new@x.test");
  EXPECT_EQ(code(directory->find_owner("new@x.test")), Errc::kNotFound);
  for (const char* const address : {"new@x.test", "old@x.test", "team@x.test", "old+tag@x.test"})
    EXPECT_THAT(route(address), ElementsAre("old@x.test")) << address;
  EXPECT_EQ(admin->show("new")->maildrop, "old@x.test");
}

TEST_F(Rename, ADeviceThatIsMadeLaterIsMadeByTheSameName) {
  ASSERT_TRUE(admin->rename("old", "new", OldName::kGoes));
  const auto device = admin->add_device("new", "phone");
  EXPECT_EQ(device->account, "new@x.test");
  const Account found = *directory->find("new@x.test");
  EXPECT_TRUE(same_tag(found.devices.at(0).tag, *device_tag(found.name, device->password)));
  Account used = found;
  used.device = "phone";
  directory->device_used(used, clock.now());
  ASSERT_TRUE(directory->save_device_uses());
  EXPECT_TRUE(admin->list_devices("new")->front().last_used);
}

TEST_F(Rename, TheOldNameMayGo) {
  ASSERT_TRUE(admin->add_alias("team", {"old"}));
  ASSERT_TRUE(admin->rename("old", "new", OldName::kGoes));
  EXPECT_TRUE(route("old@x.test").empty());
  EXPECT_THAT(route("team@x.test"), ElementsAre("old@x.test"));
  const auto taken = admin->add("old", "{PLAIN}y");
  EXPECT_EQ(code(taken), Errc::kExists) << "it would get the mail of another";
  ASSERT_TRUE(admin->add("other", "{PLAIN}y"));
  ASSERT_TRUE(admin->rename("other", "old", OldName::kGoes));
  EXPECT_EQ(directory->find("old@x.test")->name, "other@x.test");
  EXPECT_EQ(directory->find_owner("old@x.test")->shown_name(), "new@x.test");
}

TEST_F(Rename, BackAndForth) {
  ASSERT_TRUE(admin->rename("old", "new", OldName::kStays));
  ASSERT_TRUE(admin->rename("new", "newer", OldName::kStays));
  EXPECT_THAT(route("old@x.test"), ElementsAre("old@x.test"));
  EXPECT_THAT(route("new@x.test"), ElementsAre("old@x.test"));
  EXPECT_EQ(admin->list_aliases()->size(), 2U);
  ASSERT_TRUE(admin->rename("newer", "old", OldName::kStays)) << "it led to this account alone";
  const Account back = *directory->find("old@x.test");
  EXPECT_EQ(back.name, "old@x.test");
  EXPECT_TRUE(back.called.empty());
  EXPECT_THAT(route("newer@x.test"), ElementsAre("old@x.test"));
  EXPECT_TRUE(admin->add("fresh", "{PLAIN}x"));
}

TEST_F(Rename, RefusesAWrongOrTakenName) {
  ASSERT_TRUE(admin->add("other", "{PLAIN}y"));
  ASSERT_TRUE(admin->add_alias("both", {"old", "other"}));
  EXPECT_EQ(code(admin->rename("old", "other", OldName::kStays)), Errc::kExists);
  EXPECT_EQ(code(admin->rename("old", "both", OldName::kStays)), Errc::kExists);
  EXPECT_EQ(code(admin->rename("nobody", "x", OldName::kStays)), Errc::kNotFound);
  EXPECT_EQ(code(admin->rename("old", "", OldName::kStays)), Errc::kSyntax);
  ASSERT_TRUE(admin->rename("old", "old", OldName::kStays));
  EXPECT_EQ(admin->show("old")->name, "old@x.test");
  EXPECT_EQ(admin->list_aliases()->size(), 1U);
}

TEST_F(Rename, AnotherSpellingNeedsNoAlias) {
  ASSERT_TRUE(admin->add("info@b\u00fccher.test", "{PLAIN}y"));
  ASSERT_TRUE(admin->rename("info@b\u00fccher.test", "info@xn--bcher-kva.test", OldName::kStays));
  EXPECT_TRUE(admin->list_aliases()->empty());
  EXPECT_THAT(route("info@b\u00fccher.test"), ElementsAre("info@b\u00fccher.test"));
}

TEST_F(Rename, AnAliasThatLedToBothNamesLeadsToItOnce) {
  ASSERT_TRUE(admin->add_alias("new", {"old"}));
  ASSERT_TRUE(admin->add_alias("team", {"new", "old"}));
  ASSERT_TRUE(admin->rename("old", "new", OldName::kGoes));
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("new@x.test"));
}

TEST_F(Rename, CopiesStayWithItAndGoOnGoingToIt) {
  ASSERT_TRUE(admin->add("other", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_copy("old", {"copy", "lmtp:127.0.0.1:2424"}));
  ASSERT_TRUE(admin->add_copy("other", {"copy", "account:old@x.test"}));
  ASSERT_TRUE(admin->add_copy("other", {"far", "account:old@x.test.far"}));
  ASSERT_TRUE(admin->rename("old", "new", OldName::kGoes));
  EXPECT_EQ(admin->list_copies("new")->at(0).target, "lmtp:127.0.0.1:2424");
  EXPECT_EQ(admin->list_copies("other")->at(0).target, "account:new@x.test");
  EXPECT_EQ(admin->list_copies("other")->at(1).target, "account:old@x.test.far");
  EXPECT_EQ(directory->copies()->front().account, "old@x.test") << "as its maildrop is called";
}

TEST_F(Rename, GoingWithAliases) {
  ASSERT_TRUE(admin->add("other", "{PLAIN}y"));
  ASSERT_TRUE(admin->add_alias("own", {"old"}));
  ASSERT_TRUE(admin->add_alias("chain", {"own"}));
  ASSERT_TRUE(admin->add_alias("both", {"old", "other"}));
  const auto removed = admin->remove_with_aliases("old");
  ASSERT_TRUE(removed) << removed.error().message();
  EXPECT_THAT(removed->removed, ElementsAre("own@x.test", "chain@x.test"));
  EXPECT_THAT(removed->shortened, ElementsAre("both@x.test"));
  EXPECT_THAT(*directory->find_alias("both@x.test"), ElementsAre("other@x.test"));
  EXPECT_THAT(names(), ElementsAre("other@x.test"));
  EXPECT_EQ(code(admin->remove_with_aliases("old")), Errc::kNotFound);
}

}  // namespace
}  // namespace restante::accounts::sqlite
