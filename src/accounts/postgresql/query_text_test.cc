#include "accounts/postgresql/query_text.h"

#include <gtest/gtest.h>

namespace restante::accounts::postgresql {
namespace {

TEST(QueryText, TheHighestParameterCounts) {
  EXPECT_EQ(count_parameters("SELECT name, secret FROM account WHERE lower(name) = $1"), 1U);
  EXPECT_EQ(count_parameters("SELECT $3, $1"), 3U);
  EXPECT_EQ(count_parameters("SELECT * FROM f($2)"), 2U);
  EXPECT_EQ(count_parameters("SELECT 1 WHERE a=$1AND b=$2"), 2U);
  EXPECT_EQ(count_parameters("SELECT 5$1"), 1U);
  EXPECT_EQ(count_parameters("$12"), 12U);
  EXPECT_EQ(count_parameters("$99999999999999999999999"), 65535U);
  EXPECT_EQ(count_parameters(""), 0U);
}

TEST(QueryText, WhatIsNoParameter) {
  for (const auto* sql : {"'$1'", "'a''$1'", "\"$1\"", "\"a\"\"$1\"", "-- $1", "/* $1 */",
                          "/* /* */ $1 */", "$$ $1 $$", "$a$ $1 $$ $a$", "a$1", "a$b$1", "\u00e4$1",
                          "E'\\'$1'", "e'\\\\\\'$1'", "$", "$ 1", "'$1", "/* $1", "$x$ $1"})
    EXPECT_EQ(count_parameters(sql), 0U) << sql;
}

TEST(QueryText, WhatStandsBehindIsSeenAgain) {
  for (const auto* sql : {"'a' $1", "'\\' $1", "\"a\" $1", "-- a\n$1", "/* /* */ */ $1", "$$a$$ $1",
                          "$a$ $b$ $a$ $1", "E'\\'' $1", "mE'\\' $1", "E '\\' $1"})
    EXPECT_EQ(count_parameters(sql), 1U) << sql;
}

TEST(QueryText, EveryCutIsRead) {
  const std::string sql = "SELECT E'\\'' /* /* a */ */ $tag$ '$$ $tag$ \"a\" -- x\n $1 $2 $3";
  for (std::size_t i = 0; i <= sql.size(); ++i) EXPECT_LE(count_parameters(sql.substr(0, i)), 3U);
}

TEST(QueryText, ThereAreThreeParametersAtMost) {
  EXPECT_TRUE(check_query("SELECT name, secret FROM account WHERE name = $1"));
  EXPECT_TRUE(check_query("SELECT 1 FROM t WHERE l = $2 AND d = $3"));
  EXPECT_TRUE(check_query("SELECT 1"));
  EXPECT_EQ(check_query("SELECT name, secret FROM account WHERE name = $4").error().code,
            Errc::kSyntax);
}

}  // namespace
}  // namespace restante::accounts::postgresql
