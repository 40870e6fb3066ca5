#include "archive/care/bar_chart.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

TEST(BarChart, InATerminal) {
  const auto lines = bars_as_text({{"home", 4, "4"}, {"wörk", 1, "1"}, {"none", 0, "0"}}, 19);
  EXPECT_EQ(lines, (std::vector<std::string>{"home  4  ██████████", "wörk  1  ██▌", "none  0  "}));
  EXPECT_TRUE(bars_as_text({}, 80).empty());
}

TEST(BarChart, TheSmallestIsSeen) {
  const auto lines = bars_as_text({{"a", 1'000'000, ""}, {"b", 1, ""}}, 40);
  EXPECT_TRUE(lines[1].ends_with("▏"));
}

TEST(BarChart, AsSvg) {
  const std::string svg = bars_as_svg({{"<a&b>", 2, "2"}}, "Mail & more");
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("&lt;a&amp;b&gt;"), std::string::npos);
  EXPECT_NE(svg.find("<title>Mail &amp; more</title>"), std::string::npos);
  EXPECT_NE(svg.find("width=\"420.0\""), std::string::npos);
}

}  // namespace
}  // namespace restante::archive
