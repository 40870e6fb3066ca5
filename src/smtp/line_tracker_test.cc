#include "smtp/line_tracker.h"

#include <gtest/gtest.h>

#include <random>

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

/// The result of a walk over the text octet by octet: line starts with a dot, and the rest.
std::vector<std::size_t> dots_of(std::string_view text, std::size_t piece, LineTracker& lines) {
  std::vector<std::size_t> dots;
  for (std::size_t start = 0; start < text.size(); start += piece) {
    const std::string_view part = text.substr(start, piece);
    for (std::size_t at = 0; at < part.size(); at = lines.walk(part, at))
      if (lines.at_line_start() && part[at] == '.') dots.push_back(start + at);
  }
  return dots;
}

TEST(LineTracker, WhatIsWalkedFarIsWalkedAsOctetByOctet) {
  std::mt19937 random(1939);
  constexpr std::string_view kUnits[] = {
      "a line of text", "\r\n", "\r\n", "\r\n.", "\n", "\r", "."};
  for (int round = 0; round < 100; ++round) {
    const std::size_t odd = round % 4 == 0 ? 7 : round % 4 == 1 ? 4 : 3;
    std::string text;
    while (text.size() < 3000) text += kUnits[random() % odd];
    LineTracker slow;
    const auto expected = dots_of(text, 1, slow);
    for (const std::size_t piece : {text.size(), std::size_t{257}, std::size_t{512}}) {
      LineTracker lines;
      EXPECT_EQ(dots_of(text, piece, lines), expected);
      EXPECT_EQ(lines.at_line_start(), slow.at_line_start());
      EXPECT_EQ(lines.bare_newline(), slow.bare_newline());
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
