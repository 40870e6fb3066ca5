#include "pop3/client_listing.h"

#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

TEST(ClientListing, Totals) {
  const auto plain = parse_totals("3 4711");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->messages, 3U);
  EXPECT_EQ(plain->octets, 4711U);
  // Octets are a hint: a large mailbox of a server with 32 bits is negative there (F-22).
  for (const char* text : {"20437 -2147483648", "20437", "20437 ", " 20437  x", "020437 1e5"}) {
    const auto totals = parse_totals(text);
    ASSERT_TRUE(totals) << text;
    EXPECT_EQ(totals->messages, 20437U) << text;
    EXPECT_EQ(totals->octets, 0U) << text;
  }
  for (const char* text : {"", "x", "-1 0", "4294967296 0", "1x 0"})
    EXPECT_FALSE(parse_totals(text)) << text;
}

TEST(ClientListing, Sizes) {
  EXPECT_EQ(parse_listed_size("1 120"), (ListedSize{1, 120}));
  EXPECT_EQ(parse_listed_size("  1 \t 120 octets"), (ListedSize{1, 120}));
  EXPECT_EQ(parse_listed_size("7 6442450944"), (ListedSize{7, 6442450944}));
  EXPECT_EQ(parse_listed_size("7 -5"), (ListedSize{7, 0}));
  EXPECT_EQ(parse_listed_size("7"), (ListedSize{7, 0}));
  for (const char* line : {"", "x", "0 5", "-1 5", "4294967296 5", "1x 5"})
    EXPECT_EQ(parse_listed_size(line).number, 0U) << line;
}

TEST(ClientListing, UniqueIds) {
  EXPECT_EQ(parse_listed_uid("1 abc"), (ListedUid{1, "abc"}));
  EXPECT_EQ(parse_listed_uid("12    abc  "), (ListedUid{12, "abc"}));  // F-16: Maillennium.
  EXPECT_EQ(parse_listed_uid("1 \xe4\xff"), (ListedUid{1, "\xe4\xff"}));
  EXPECT_EQ(parse_listed_uid("1 " + std::string(1024, 'u')).uid.size(), 1024U);  // F-17.
  EXPECT_EQ(parse_listed_uid("1 " + std::string(4000, 'u')).uid.size(), 4000U);
  EXPECT_EQ(parse_listed_uid("1 id 7 of 9 "), (ListedUid{1, "id 7 of 9"}));
  for (const std::string& line : {std::string("abc"), std::string("0 abc"), std::string("-1 abc")})
    EXPECT_EQ(parse_listed_uid(line).number, 0U) << line;
  for (const std::string& line :
       {std::string("1"), std::string("1 "), "1 " + std::string(4097, 'u'),
        std::string("1 a\0b", 5), std::string("1 a\x7f"), std::string("1 a\tb")})
    EXPECT_EQ(parse_listed_uid(line), (ListedUid{1, ""})) << line;
}

TEST(ClientListing, WhatContradictsItselfIsFound) {
  using Sizes = std::vector<ListedSize>;
  EXPECT_EQ(find_fault(Sizes{{1, 5}, {3, 5}, {2, 5}}, 3), "");
  EXPECT_EQ(find_fault(Sizes{{3, 5}}, 3), "");
  EXPECT_EQ(find_fault(Sizes{}, 0), "");
  EXPECT_EQ(find_fault(Sizes{{4, 5}}, 3), "message 4 of 3");
  EXPECT_EQ(find_fault(Sizes{{4294967295, 5}}, 4294967294), "message 4294967295 of 4294967294");
  EXPECT_EQ(find_fault(Sizes{{4294967295, 5}}, 4294967295), "");
  EXPECT_EQ(find_fault(Sizes{{2, 5}, {2, 5}}, 3), "message 2 twice");
  EXPECT_EQ(find_fault(Sizes{{0, 0}}, 3), "a line that is no entry");
  using Uids = std::vector<ListedUid>;
  EXPECT_EQ(find_fault(Uids{{1, "a"}, {2, "b"}}, 2), "");
  EXPECT_EQ(find_fault(Uids{{1, "a"}, {2, "a"}}, 2), "a unique id twice");  // F-15.
  EXPECT_EQ(find_fault(Uids{{1, "a"}, {1, "b"}}, 2), "message 1 twice");
  EXPECT_EQ(find_fault(Uids{{1, ""}, {2, ""}}, 2), "");
}

}  // namespace
}  // namespace restante::pop3
