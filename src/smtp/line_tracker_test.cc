#include "smtp/line_tracker.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

struct Case {
  std::string_view text;
  bool at_line_start;
  bool bare_newline;
};

TEST(LineTracker, SeesLineStartsAndBareNewlinesAtEveryCut) {
  for (const Case& c : {
           Case{"", true, false},
           Case{"\r\n", true, false},
           Case{"a\r\nb\r\n", true, false},
           Case{"a", false, false},
           Case{"a\r", false, false},
           Case{"\n", false, true},
           Case{"a\nb", false, true},
           Case{"a\rb", false, true},
           Case{"\r\r\n", true, true},
           Case{"\r\n\n", false, true},
           Case{"a\r\n\r", false, false},
           Case{"\r\r", false, true},
       }) {
    for (std::size_t cut = 0; cut <= c.text.size(); ++cut) {
      LineTracker lines;
      for (const std::string_view part : {c.text.substr(0, cut), c.text.substr(cut)})
        for (std::size_t at = 0; at < part.size();) at = lines.walk(part, at);
      EXPECT_EQ(lines.at_line_start(), c.at_line_start) << c.text << " cut " << cut;
      EXPECT_EQ(lines.bare_newline(), c.bare_newline) << c.text << " cut " << cut;
    }
  }
}

TEST(LineTracker, ACrAtTheEndIsBare) {
  LineTracker lines;
  lines.walk("a\r", 0);
  EXPECT_FALSE(lines.bare_newline());
  lines.finish();
  EXPECT_TRUE(lines.bare_newline());
}

}  // namespace
}  // namespace restante::smtp
