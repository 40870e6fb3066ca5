#include "text/flowed.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

TEST(Flowed, ParagraphsArePutTogether) {
  EXPECT_EQ(unflow("one \r\ntwo\r\nthree\r\n", false), "one two\nthree\n");
  EXPECT_EQ(unflow("one \ntwo", true), "onetwo\n");
  EXPECT_EQ(unflow("ends flowing ", false), "ends flowing \n");
  EXPECT_EQ(unflow("", false), "");
}

TEST(Flowed, QuotesKeepTheirDepth) {
  EXPECT_EQ(unflow("> a \n> b\nc\n", false), "> a b\nc\n");
  EXPECT_EQ(unflow(">> a \n> b\n", false), ">> a \n> b\n");
  EXPECT_EQ(unflow(">>>a\n", false), ">>> a\n");
}

TEST(Flowed, StuffingAndSignature) {
  EXPECT_EQ(unflow(" >not quoted\n", false), ">not quoted\n");
  EXPECT_EQ(unflow("text \n-- \nname\n", false), "text \n-- \nname\n");
}

}  // namespace
}  // namespace restante::text
