#include "server/page/html.h"

#include <gtest/gtest.h>

namespace restante::server::page {
namespace {

using namespace std::chrono_literals;

TEST(PageHtml, TextIsHarmless) {
  EXPECT_EQ(escaped("<script>\"a\"&'b'</script>"),
            "&lt;script&gt;&quot;a&quot;&amp;&#39;b&#39;&lt;/script&gt;");
  EXPECT_EQ(escaped(std::string_view("a\0b\n\x7f", 5)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xC3\xA4\xFF"), "\xC3\xA4\xC3\xBF");  // Broken UTF-8 is read as ISO 8859-1.
}

TEST(PageHtml, Figures) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(12'345'678), "12,345,678");
  EXPECT_EQ(span(59s), "59 s");
  EXPECT_EQ(span(61s), "1 min");
  EXPECT_EQ(span(2h + 5min), "2 h 5 min");
  EXPECT_EQ(span(25h), "1 day 1 h");
  EXPECT_EQ(span(49h), "2 days 1 h");
}

TEST(PageHtml, WhatIsNotAllIsNotHundredPercent) {
  EXPECT_EQ(percent(1, 1), "100 %");
  EXPECT_EQ(percent(999'999, 1'000'000), "99.99 %");
  EXPECT_EQ(percent(0, 10), "0.00 %");
  EXPECT_EQ(percent(0, 0), "\xE2\x80\x93");
}

TEST(PageHtml, Moments) {
  EXPECT_EQ(moment(WallTime(std::chrono::days(20'787) + 855min)), "2026-11-30 14:15");
}

}  // namespace
}  // namespace restante::server::page
