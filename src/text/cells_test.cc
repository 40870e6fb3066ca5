#include "text/cells.h"

#include <gtest/gtest.h>

#include <string>

namespace restante::text {
namespace {

TEST(Cells, AreWhatATerminalUses) {
  EXPECT_EQ(cells(""), 0U);
  EXPECT_EQ(cells("plain"), 5U);
  EXPECT_EQ(cells("Grüße"), 5U);
  EXPECT_EQ(cells("Gru\xCC\x88ße"), 5U);  // u and a mark.
  EXPECT_EQ(cells("株式会社"), 8U);
  EXPECT_EQ(cells("한글"), 4U);
  EXPECT_EQ(cells("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), 2U);  // The first of them by its parts.
  EXPECT_EQ(cells("ﾊﾝｶｸ"), 4U);                                  // Half width.
  EXPECT_EQ(cells("ＡＢ"), 4U);
  EXPECT_EQ(cells("नमस्ते"), 4U);
  EXPECT_EQ(cells("می\xE2\x80\x8Cخواهم"), 7U);
}

TEST(Cells, APictureIsOne) {
  EXPECT_EQ(cells("🎉"), 2U);
  EXPECT_EQ(cells("👍🏽"), 2U);                            // With a skin.
  EXPECT_EQ(cells("👨\xE2\x80\x8D👩\xE2\x80\x8D👧"), 2U);  // A family.
  EXPECT_EQ(cells("🇩🇪🇫🇷"), 4U);                            // Two flags.
  EXPECT_EQ(cells("❤\xEF\xB8\x8F"), 2U);
  EXPECT_EQ(cells("1\xEF\xB8\x8F\xE2\x83\xA3"), 2U);  // A keycap.
  EXPECT_EQ(cells("❤"), 1U);
}

TEST(Cells, ACutKeepsCharactersWhole) {
  EXPECT_EQ(cut_to_cells("株式会社", 5), "株式");
  EXPECT_EQ(cut_to_cells("plain", 9), "plain");
  EXPECT_EQ(cut_to_cells("plain", 0), "");
  EXPECT_EQ(cut_to_cells("u\xCC\x88x", 1), "u\xCC\x88");
  EXPECT_EQ(cut_to_cells("a👨\xE2\x80\x8D👩b", 2), "a");
}

TEST(Cells, ManyMarksAreReadOnce) {
  std::string marks = "a";
  for (int i = 0; i < 500'000; ++i) marks += "\xCC\x81";
  EXPECT_EQ(cells(marks), 1U);
  EXPECT_EQ(cut_to_cells(marks, 1).size(), marks.size());
}

}  // namespace
}  // namespace restante::text
