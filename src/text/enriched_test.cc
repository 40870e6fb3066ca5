#include "text/enriched.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

TEST(Enriched, CommandsGoAndTheTextStays) {
  EXPECT_EQ(enriched_to_text("<bold>Now</bold> is <color><param>red</param>the time</color>\n"),
            "Now is the time\n");
  EXPECT_EQ(enriched_to_text("a << b <unknown>c</unknown>"), "a < b c");
}

TEST(Enriched, LineEndsAreAsTheRfcHasThem) {
  EXPECT_EQ(enriched_to_text("one\ntwo\n\nthree\r\n\r\n\r\nfour\n"), "one two\nthree\n\nfour\n");
  EXPECT_EQ(enriched_to_text("<nofill>one\ntwo\n</nofill>"), "one\ntwo\n");
}

TEST(Enriched, WhatIsNoCommandIsText) {
  EXPECT_EQ(enriched_to_text("1 < 2"), "1 < 2");
  EXPECT_EQ(enriched_to_text("</param></nofill>x<"), "x<");
}

TEST(Enriched, AParameterWithoutEndHidesOnlyItsLine) {
  EXPECT_EQ(enriched_to_text("<color><param>red words\n\nmore"), "\nmore");
  EXPECT_EQ(enriched_to_text("<color><param>red<bold>words"), "words");
}

TEST(Enriched, ACommandIsOneWord) {
  EXPECT_EQ(enriched_to_text("a < b and c > d, <a@x> <>"), "a < b and c > d, <a@x> <>");
}

}  // namespace
}  // namespace restante::text
