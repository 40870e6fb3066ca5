#include "console/harmless.h"

#include <gtest/gtest.h>
#include <time.h>

#include <string>

namespace restante::console {
namespace {

TEST(Harmless, ControlsOfEitherKindAreMarks) {
  EXPECT_EQ(harmless("a\x1B[2Jb\x07\x7F"), "a?[2Jb??");
  EXPECT_EQ(harmless("a\xC2\x9B"
                     "31mb"),
            "a?31mb");
  EXPECT_EQ(harmless("one\ntwo"), "one\ntwo");
  EXPECT_EQ(harmless_line("one\ntwo"), "one two");
  EXPECT_EQ(harmless("\x9B"), "?");  // Not UTF-8 at all.
}

TEST(Harmless, NothingRunsBackwardsOrHides) {
  EXPECT_EQ(harmless("invoice\xE2\x80\xAEgnp.exe"), "invoice?gnp.exe");
  EXPECT_EQ(harmless("\xE2\x80\xAB"
                     "a\xE2\x80\xAC\xE2\x81\xA6"
                     "b\xE2\x81\xA9\xE2\x80\x8F"),
            "ab");
  EXPECT_EQ(harmless("ad\xE2\x80\x8Bmin\xEF\xBB\xBF\xC2\xAD"), "admin");
  EXPECT_EQ(harmless("a\xF3\xA0\x81\xA1\xF3\xA0\x84\x80"), "a");  // A tag, a far selector.
  EXPECT_EQ(harmless("a\xEF\xBF\xB9"
                     "b"),
            "ab");
  EXPECT_EQ(harmless("a\xE2\x80\xA8"
                     "b"),
            "a\nb");
  EXPECT_EQ(harmless("a\xE3\x85\xA4"
                     "b"),
            "a b");
}

TEST(Harmless, LettersAndPicturesKeepWhatJoinsThem) {
  for (const char* const text : {"می\xE2\x80\x8Cخواهم", "👨\xE2\x80\x8D👩", "❤\xEF\xB8\x8F",
                                 "❤\xEF\xB8\x8F\xE2\x80\x8D🔥", "Grüße", "株式会社"})
    EXPECT_EQ(harmless(text), text);
  // Among letters that never join it only hides.
  EXPECT_EQ(harmless("pay\xE2\x80\x8Dpal"), "paypal");
}

TEST(Harmless, IsTheSameTwice) {
  for (const char* const text : {"a\x1B", "\xE2\x80\xAE", "👨\xE2\x80\x8D\xE2\x80\x8D👩", "\xFF"})
    EXPECT_EQ(harmless(harmless(text)), harmless(text));
}

TEST(Harmless, JsonAndHtmlSayThemByNumber) {
  EXPECT_EQ(escaped_json("{\"a\":\"x\xC2\x9By\xE2\x80\xAE\xF3\xA0\x81\xA1ü\"}\n"),
            "{\"a\":\"x\\u009by\\u202e\\udb40\\udc61ü\"}\n");
  EXPECT_EQ(escaped_html("<p>\xC2\x9B\x1B\xE2\x80\xAEü</p>\n"), "<p>&#x202E;ü</p>\n");
}

double seconds_for(const std::string& text) {
  timespec before{};
  timespec after{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  EXPECT_FALSE(harmless(text).empty());
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  return static_cast<double>(after.tv_sec - before.tv_sec) +
         static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e9;
}

TEST(Harmless, TakesTimeByLength) {
  for (const std::string_view each : {"\xC2\x85", "\xE2\x80\xAE", "\xFF", "e\xCC\x81"}) {
    const auto of = [&](std::size_t bytes) {
      std::string text;
      while (text.size() < bytes) text += each;
      return text;
    };
    const double one = seconds_for(of(1U << 16U));
    // Four times as much, and room for a machine that does other things; a square would be 16.
    EXPECT_LT(seconds_for(of(1U << 18U)), 8 * one + 0.05) << each;
  }
}

}  // namespace
}  // namespace restante::console
