#include "accounts/ldap/filter.h"

#include <gtest/gtest.h>

namespace restante::accounts::ldap {
namespace {

TEST(EscapeFilterValue, LeavesNothingThatMeansSomething) {
  EXPECT_EQ(escape_filter_value("alice@x.test"), "alice@x.test");
  EXPECT_EQ(escape_filter_value("a-b.c_d+e9"), "a-b.c_d+e9");
  // RFC 4515 s.3: these must be escaped; s.4 has the examples with parentheses and asterisks.
  EXPECT_EQ(escape_filter_value(std::string_view("\0()*\\", 5)), "\\00\\28\\29\\2a\\5c");
  EXPECT_EQ(escape_filter_value("Lu\xC4\x8Di\xC4\x87"), "Lu\\c4\\8di\\c4\\87");
  for (int octet = 0; octet < 256; ++octet) {
    const std::string escaped = escape_filter_value(std::string(1, static_cast<char>(octet)));
    EXPECT_EQ(escaped.find_first_of(std::string_view("()*\0&|!=<>~{}\r\n ", 17)), std::string::npos)
        << octet;
    EXPECT_TRUE(escaped.size() == 1 || (escaped.size() == 3 && escaped[0] == '\\')) << octet;
  }
}

TEST(FillFilter, PutsTheNameIn) {
  const std::string_view name = "alice@x.test";
  EXPECT_EQ(fill_filter("(mail={name})", name), "(mail=alice@x.test)");
  EXPECT_EQ(fill_filter("(&(uid={local})(dc={domain}))", name), "(&(uid=alice)(dc=x.test))");
  EXPECT_EQ(fill_filter("(|(mail={name})(cn={name}))", name),
            "(|(mail=alice@x.test)(cn=alice@x.test))");
  EXPECT_EQ(fill_filter("(mail={name})", "@x.test"), "(mail=@x.test)");
  EXPECT_EQ(fill_filter("(a={local})", "@x.test"), "(a=)");
}

TEST(FillFilter, WhatCameInIsNotReplacedAgain) {
  EXPECT_EQ(fill_filter("(mail={name})", "{domain}@x.test"), "(mail=\\7bdomain\\7d@x.test)");
  EXPECT_EQ(fill_filter("(mail={name})", "*)(uid=*@x.test"),
            "(mail=\\2a\\29\\28uid\\3d\\2a@x.test)");
}

TEST(CheckFilter, TakesWhatCanBeFilled) {
  EXPECT_TRUE(check_filter("(mail={name})"));
  EXPECT_TRUE(check_filter("(&(objectClass=person)(|(mail={name})(uid={local})))"));
  for (const char* wrong :
       {"", "mail={name}", "(mail={name}", "(mail={name}))", "(mail={user})", "(mail={)", ")("})
    EXPECT_EQ(check_filter(wrong).error().code, Errc::kSyntax) << wrong;
}

}  // namespace
}  // namespace restante::accounts::ldap
