#include "accounts/ldap/entry_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts::ldap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Entry person(const char* uid, Values mail) {
  Entry entry;
  entry.dn = std::string("uid=") + uid + ",dc=x,dc=test";
  entry.attributes = {{"mail", std::move(mail)}, {"uid", {uid}}};
  return entry;
}

class LdapEntryNames : public testing::Test {
 protected:
  LdapEntryNames() {
    settings.names = NameRules("x.test", true);
    settings.name_attributes = {"mail", "uid"};
    settings.maildrop_attribute = "uid";
  }
  Settings settings;
};

TEST_F(LdapEntryNames, AnyOfThemLeadsToTheEntry) {
  const Entry al = person("al", {"Alice@X.test", "a.smith@y.test"});
  EXPECT_EQ(match_name(al, "a.smith@y.test", settings)->rank, 0U);
  EXPECT_EQ(match_name(al, "alice@x.test", settings)->spelling, "alice@x.test");
  EXPECT_EQ(match_name(al, "al@x.test", settings)->rank, 1U) << "by uid, after any address";
  EXPECT_FALSE(match_name(al, "al@y.test", settings)) << "the uid is a name of our domain only";
  EXPECT_FALSE(match_name(al, "alice@y.test", settings));
  EXPECT_THAT(names_of(al, settings), ElementsAre("alice@x.test", "a.smith@y.test", "al@x.test"));
}

TEST_F(LdapEntryNames, AnAddressGoesBeforeAUserOfThatName) {
  const Entry john = person("smith", {"john@x.test"});
  const Entry jane = person("jsmith", {"smith@x.test"});
  for (const auto& entries : {std::vector{john, jane}, std::vector{jane, john}}) {
    const auto chosen = choose_entry(entries, "smith@x.test", settings);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->first.dn, jane.dn);
  }
  const auto nobody = choose_entry({john, jane}, "who@x.test", settings);
  EXPECT_EQ(nobody.error().code, Errc::kNotFound);
  EXPECT_THAT(nobody.error().detail, HasSubstr("uid=smith,dc=x,dc=test is found, but has this name "
                                               "in none of accounts.name_attribute: mail uid"));
  EXPECT_EQ(choose_entry({}, "who@x.test", settings).error().detail, "no such account");
  const auto twins =
      choose_entry({jane, john, person("third", {"smith@x.test"})}, "smith@x.test", settings);
  EXPECT_THAT(twins.error().detail, HasSubstr("two entries for smith@x.test (uid=jsmith,"));
  EXPECT_EQ(twins.error().code, Errc::kIo);
}

TEST_F(LdapEntryNames, TheVerySpellingGoesBeforeOthers) {
  const Entry one = person("one", {"m\u00fcller@b\u00fccher.test"});
  const Entry two = person("two", {"m\u00fcller@xn--bcher-kva.test"});
  EXPECT_EQ(choose_entry({one, two}, "m\u00fcller@xn--bcher-kva.test", settings)->first.dn, two.dn);
  EXPECT_EQ(choose_entry({one}, "m\u00fcller@xn--bcher-kva.test", settings)->second.spelling,
            "m\u00fcller@b\u00fccher.test");
}

TEST_F(LdapEntryNames, TheMaildropHasOneName) {
  Entry entry = person("al", {"alice@x.test"});
  EXPECT_EQ(*maildrop_value(entry, settings), "al");
  EXPECT_EQ(*maildrop_name(entry, "Al", settings), "al@x.test");
  EXPECT_EQ(*maildrop_name(entry, "al@y.test", settings), "al@y.test");
  EXPECT_THAT(maildrop_name(entry, "a\nb", settings).error().detail,
              HasSubstr("uid=al,dc=x,dc=test: uid (accounts.maildrop_attribute) can name no"));
  entry.attributes[1].second = {"other", "AL", "al2"};
  EXPECT_EQ(*maildrop_value(entry, settings), "AL") << "the one in the DN";
  entry.attributes[1].second = {"other", "a"};
  EXPECT_THAT(maildrop_value(entry, settings).error().detail, HasSubstr("several values"));
  entry.attributes[1].second = {};
  EXPECT_THAT(maildrop_value(entry, settings).error().detail, HasSubstr("may not read it"));
}

TEST_F(LdapEntryNames, AMaildropIsFoundByItsName) {
  EXPECT_EQ(maildrop_filter("a*l@x.test", settings), "(|(uid=a\\2al)(uid=a\\2al@x.test))");
  EXPECT_EQ(maildrop_filter("al@y.test", settings), "(uid=al@y.test)");
  EXPECT_FALSE(is_unique_by_nature("uid"));
  EXPECT_TRUE(is_unique_by_nature("entryuuid"));
}

TEST_F(LdapEntryNames, AGuidIsWrittenInDigits) {
  settings.maildrop_attribute = "objectGUID";
  const std::string octets("\x00\xff(*)56789abcdef", 16);
  const std::string name = *maildrop_name(Entry(), octets, settings);
  EXPECT_EQ(name, "00ff282a293536373839616263646566@x.test");
  EXPECT_EQ(maildrop_filter(name, settings),
            "(objectGUID=\\00\\ff\\28\\2a\\29\\35\\36\\37\\38\\39\\61\\62\\63\\64\\65\\66)");
  EXPECT_EQ(maildrop_filter("alice@x.test", settings), "(objectGUID=\\00)");
}

TEST_F(LdapEntryNames, AWindowsDomainIsCutOff) {
  EXPECT_EQ(without_windows_domain("corp\\al@x.test", settings), "corp\\al@x.test");
  settings.windows_domain = "CORP";
  EXPECT_EQ(without_windows_domain("corp\\al@x.test", settings), "al@x.test");
  EXPECT_EQ(without_windows_domain("corp\\al@y.test", settings), "corp\\al@y.test");
  EXPECT_EQ(without_windows_domain("other\\al@x.test", settings), "other\\al@x.test");
  EXPECT_EQ(without_windows_domain("al@x.test", settings), "al@x.test");
}

TEST(LdapEntry, AttributesHaveNoCase) {
  const Entry entry = person("al", {"alice@x.test"});
  EXPECT_THAT(entry.values_of("UID"), ElementsAre("al"));
  EXPECT_TRUE(entry.values_of("cn").empty());
  std::vector<std::string> attributes{"mail"};
  for (const char* more : {"Mail", "", "uid"}) add_attribute(attributes, more);
  EXPECT_THAT(attributes, ElementsAre("mail", "uid"));
}

}  // namespace
}  // namespace restante::accounts::ldap
