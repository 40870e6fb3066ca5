#include "migrate/formats/dovecot_uidlist.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

TEST(DovecotUidlist, ReadsVersion3) {
  const auto list = parse_uidlist(
      "3 V1234567 N10 G886f0010f31d0d6b2739000083ecc375\n"
      "1 O3 Pabc W100 :1.M1P1.test\n"
      "2 O1 P :2.M1P1.test,S=90,W=100\n"
      "5 Gguid5 S99 Zfuture :3.M1P1.test:2,S\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->uid_validity, 1234567U);
  ASSERT_EQ(list->entries.size(), 3U);
  const UidlistEntry& first = list->entries.at("1.M1P1.test");
  EXPECT_EQ(first.uid, 1U);
  EXPECT_EQ(first.pop3_uidl, "abc");
  EXPECT_EQ(first.pop3_order, 3U);
  EXPECT_EQ(first.octets, 100U);
  EXPECT_EQ(list->entries.at("2.M1P1.test,S=90,W=100").pop3_uidl, "");
  const UidlistEntry& third = list->entries.at("3.M1P1.test");
  EXPECT_EQ(third.guid, "guid5");
  EXPECT_FALSE(third.pop3_uidl);
  EXPECT_FALSE(third.octets);
}

TEST(DovecotUidlist, ReadsVersion1) {
  const auto list = parse_uidlist("1 1234567 9\r\n1 1.M1P1.test\r\n2 2 b.test\r\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->uid_validity, 1234567U);
  EXPECT_EQ(list->entries.at("1.M1P1.test").uid, 1U);
  EXPECT_EQ(list->entries.at("2 b.test").uid, 2U);
}

/// Dovecot makes a new list in the place of these: no client has seen ids by them.
TEST(DovecotUidlist, TakesNoOtherHeader) {
  for (const char* const text : {"", "\n", "2 V1 N9\n1 a\n", "4 V1 N9\n", "3\n", "3 N9\n",
                                 "3 V0 N9\n", "3 Vx N9\n", "1 0 9\n", "3 V99999999999 N9\n"})
    EXPECT_EQ(parse_uidlist(text).error().code, Errc::kSyntax) << text;
}

TEST(DovecotUidlist, PassesOverWhatSaysNothing) {
  const auto list = parse_uidlist(
      "3 V1 N9\n"
      "x :a\n"
      "\n"
      "7 :\n"
      "7 W1\n"
      "3 :c\n"
      "3 :again\n"
      "2 :descends\n"
      "4 :c\n"
      "5 :half writ");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->entries.size(), 1U);
  EXPECT_EQ(list->entries.at("c").uid, 3U);
  EXPECT_EQ(list->unreadable, 8U);
}

/// However it is cut, it is read or refused, and never gives a file another number.
TEST(DovecotUidlist, StandsEveryCut) {
  const std::string whole = "3 V1234567 N10 G88\n1 O3 Pabc W100 :1.a\n12 P :2.b\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto list = parse_uidlist(std::string_view(whole).substr(0, size));
    if (!list) continue;
    for (const auto& [name, entry] : list->entries)
      EXPECT_TRUE((name == "1.a" && entry.uid == 1) || (name == "2.b" && entry.uid == 12)) << size;
  }
}

TEST(DovecotUidlist, BaseNameIsWithoutFlags) {
  EXPECT_EQ(base_name("1.a,S=1:2,S"), "1.a,S=1");
  EXPECT_EQ(base_name("1.a"), "1.a");
}

}  // namespace
}  // namespace restante::migrate
