#include "migrate/formats/courier_list.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

using Uids = std::map<std::string, std::string, std::less<>>;

TEST(CourierList, ReadsItsFourForms) {
  const auto third = parse_courier_list(
      "/3 5 1796021764\n1.a:2, 100 1:1796021764:0\n2.b c:2,S 100 2:1796021764:0\n");
  ASSERT_TRUE(third);
  EXPECT_EQ(third->uids, (Uids{{"1.a", "UID1-1796021764"}, {"2.b c", "UID2-1796021764"}}));
  const auto second = parse_courier_list("/2 9 77\n1.a:2,S 100 3:77\n2.b 100 0:0\n3.c 9 4:0\n");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->uids, (Uids{{"1.a", "UID3-77"}, {"2.b", "2.b"}, {"3.c", "UID4"}}));
  const auto first = parse_courier_list("/1 7\r\n1.a:2,S 100 3\r\n");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->uids, (Uids{{"1.a", "UID3"}}));
  const auto none = parse_courier_list("1.a:2,S 100\n2+b 7\n");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->uids, (Uids{{"1.a", "1.a"}, {"2+b", "2+2Bb"}}));
}

TEST(CourierList, TakesNoVersionThatItDoesNotKnow) {
  for (const char* const text : {"/4 1 1\n", "/\n", "/x", "/10 1 1\n"})
    EXPECT_EQ(parse_courier_list(text).error().code, Errc::kSyntax) << text;
}

TEST(CourierList, PassesOverWhatSaysNothing) {
  const auto list = parse_courier_list(
      "/3 5 7\n\nonly\n1.a 100\n1.a x 1:7:0\n1.a 100 x:7:0\n1.a 100 1:x\n:2,S 100 1:7:0\n"
      "1.a 100 1:7:0\n1.a 100 2:7:0\n2.b 100 3:7");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->uids, (Uids{{"1.a", "UID1-7"}}));
  EXPECT_EQ(list->unreadable, 9U);
}

}  // namespace
}  // namespace restante::migrate
