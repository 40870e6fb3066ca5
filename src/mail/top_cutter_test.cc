#include "mail/top_cutter.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>

namespace restante::mail {
namespace {

constexpr std::uint64_t kEverything = std::numeric_limits<std::uint64_t>::max();

struct Case {
  std::string_view wire;
  std::uint64_t body_lines;
  std::string_view expected;
};

constexpr std::array kCases = {
    Case{"A: a\r\nB: b\r\n\r\none\r\ntwo\r\n", 0, "A: a\r\nB: b\r\n\r\n"},
    Case{"A: a\r\nB: b\r\n\r\none\r\ntwo\r\n", 1, "A: a\r\nB: b\r\n\r\none\r\n"},
    Case{"A: a\r\nB: b\r\n\r\none\r\ntwo\r\n", 2, "A: a\r\nB: b\r\n\r\none\r\ntwo\r\n"},
    Case{"A: a\r\nB: b\r\n\r\none\r\ntwo\r\n", kEverything, "A: a\r\nB: b\r\n\r\none\r\ntwo\r\n"},
    Case{"A: a\r\n\r\n\r\n\r\nx\r\n", 1, "A: a\r\n\r\n\r\n"},
    Case{"\r\none\r\ntwo\r\n", 0, "\r\n"},
    Case{"\r\none\r\ntwo\r\n", 1, "\r\none\r\n"},
    Case{"A: a\r\nB: b\r\n", 0, "A: a\r\nB: b\r\n"},
    Case{"A: a\r\nB: b", 0, "A: a\r\nB: b"},
    Case{"A: a\r\n\r\none", 1, "A: a\r\n\r\none"},
    Case{"A: a\r\n\r\n..\r\n...\r\n", 1, "A: a\r\n\r\n..\r\n"},
    Case{"A: a\r\n\r\none\nmore\rstill\r\ntwo\r\n", 1, "A: a\r\n\r\none\nmore\rstill\r\n"},
    Case{"A: a\n\nno body\r\n", 0, "A: a\n\nno body\r\n"},
    Case{"A: a\r\r\nB: b\r\n\r\none\r\n", 0, "A: a\r\r\nB: b\r\n\r\n"},
    Case{"", 3, ""},
};

TEST(TopCutter, PassesTheSameOctetsForEveryCut) {
  for (const Case& c : kCases)
    for (std::size_t first = 0; first <= c.wire.size(); ++first)
      for (std::size_t second = 0; first + second <= c.wire.size(); ++second) {
        TopCutter cutter(c.body_lines);
        std::string passed;
        for (const std::string_view chunk :
             {c.wire.substr(0, first), c.wire.substr(first, second), c.wire.substr(first + second)})
          passed += chunk.substr(0, cutter.pass(chunk));
        ASSERT_EQ(passed, c.expected) << c.wire << " cut at " << first << " and " << second;
        ASSERT_EQ(cutter.at_line_start(), passed.empty() || passed.ends_with("\r\n"));
      }
}

TEST(TopCutter, SaysWhenNothingMoreIsNeeded) {
  TopCutter cutter(1);
  EXPECT_EQ(cutter.pass("A: a\r\n\r\n"), 8U);
  EXPECT_FALSE(cutter.done());
  EXPECT_EQ(cutter.pass("one\r\ntwo"), 5U);
  EXPECT_TRUE(cutter.done());
  EXPECT_EQ(cutter.pass("\r\n"), 0U);
}

}  // namespace
}  // namespace restante::mail
