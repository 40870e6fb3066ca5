#include "accounts/passwd_file/passwd_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const NameRules kRules("x.test", true);

TEST(PasswdLine, Table) {
  struct Case {
    std::string_view line;
    std::string_view name;
    std::string_view secret;
  };
  for (const Case& row : std::vector<Case>{
           {"alice:{PLAIN}secret", "alice@x.test", "{PLAIN}secret"},
           {"Alice@Y.test:{plain}a b\r", "alice@y.test", "{plain}a b"},
           {"  alice:{PLAIN}secret \t", "alice@x.test", "{PLAIN}secret"},
           {"alice:{PLAIN}secret:1000:1000::/home/alice::userdb_mail=x", "alice@x.test",
            "{PLAIN}secret"},
           {"alice:{PLAIN}#not a comment", "alice@x.test", "{PLAIN}#not a comment"},
           {"a%b'c\";--:{PLAIN}x", "a%b'c\";--@x.test", "{PLAIN}x"},
       }) {
    const auto parsed = parse_passwd_line(row.line, kRules);
    ASSERT_TRUE(parsed && *parsed) << row.line;
    EXPECT_EQ((*parsed)->name, row.name);
    EXPECT_EQ((*parsed)->secret, row.secret);
  }
}

TEST(PasswdLine, NothingInIt) {
  for (const std::string_view line : {"", "\r", "  ", "# alice:{PLAIN}secret", "  # comment"}) {
    const auto parsed = parse_passwd_line(line, kRules);
    ASSERT_TRUE(parsed) << line;
    EXPECT_FALSE(*parsed) << line;
  }
}

TEST(PasswdLine, WhatCannotBeServedIsNamed) {
  struct Case {
    std::string_view line;
    std::string_view fault;
  };
  for (const Case& row : std::vector<Case>{
           {"alice", "no ':'"},
           {"alice:hunter2", "no {SCHEME}"},
           {"alice:x:1000:1000", "no {SCHEME}"},
           {"alice:{NOPE}hunter2", "scheme NOPE cannot be verified: it is not known here"},
           {"alice:{NTLM}hunter2", "scheme NTLM cannot be verified: it is made with MD4"},
           {"alice:{}hunter2", "no {SCHEME}"},
           {"alice:{my hunter}hunter2", "unknown password scheme"},
           {std::string_view("alice:{PLAIN}hun\0ter2", 21), "control character"},
           {"alice:{PLAIN}hunter2::::::deny=y", "deny"},
           {"alice:{PLAIN}hunter2::::::allow_nets=x", "allow_nets"},
           {"alice:{PLAIN}hunter2:19000:0:99999:7::18000:", "ends on a day"}}) {
    const auto parsed = parse_passwd_line(row.line, kRules);
    ASSERT_TRUE(parsed && *parsed) << row.line;
    EXPECT_EQ((*parsed)->name, "alice@x.test");
    EXPECT_THAT((*parsed)->fault, HasSubstr(row.fault)) << row.line;
    EXPECT_THAT((*parsed)->fault, Not(HasSubstr("hunter2"))) << "secrets stay out of logs";
  }
}

TEST(PasswdLine, LockedOnesHaveNoSecret) {
  for (const std::string_view line : {"alice:", "alice::0:0", "alice:*:19000:0",
                                      "alice:!$6$hunter2", "alice:!!:19000", "alice:!{PLAIN}x"}) {
    const auto parsed = parse_passwd_line(line, kRules);
    ASSERT_TRUE(parsed && *parsed) << line;
    EXPECT_TRUE((*parsed)->is_locked) << line;
    EXPECT_EQ((*parsed)->fault, "") << line;
    EXPECT_EQ((*parsed)->secret, "") << line;
  }
}

TEST(PasswdLine, Mistakes) {
  for (const std::string_view line :
       {std::string_view(":{PLAIN}hunter2"), std::string_view("al\0ice:{PLAIN}hunter2", 21),
        std::string_view("a\xFF:{PLAIN}hunter2"), std::string_view("alice@:{PLAIN}hunter2")}) {
    const auto parsed = parse_passwd_line(line, kRules);
    ASSERT_FALSE(parsed) << line;
    EXPECT_THAT(parsed.error().detail, Not(HasSubstr("hunter2"))) << "secrets stay out of logs";
    EXPECT_FALSE(parsed.error().detail.empty());
  }
}

TEST(AliasLine, Table) {
  const auto parsed = parse_alias_line("Team : alice, Bob@Y.test ,alice@x.test\r", kRules);
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ((*parsed)->address, "team@x.test");
  EXPECT_THAT((*parsed)->targets, ElementsAre("alice@x.test", "bob@y.test"));
  EXPECT_EQ((**parse_alias_line("@Y.test: alice", kRules)).address, "@y.test");
  EXPECT_FALSE(*parse_alias_line("# team: alice", kRules));
  EXPECT_FALSE(*parse_alias_line("", kRules));
}

TEST(AliasLine, Mistakes) {
  for (const std::string_view line :
       {"team", "team:", "team: ,", "team: alice,", "team: alice,,bob", ": alice", "team: @x.test",
        "team: team", "team: |/bin/sh\x01", "team: \xFF", "@: alice"}) {
    EXPECT_FALSE(parse_alias_line(line, kRules)) << line;
  }
}

}  // namespace
}  // namespace restante::accounts
