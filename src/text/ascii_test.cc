#include "text/ascii.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

TEST(Ascii, LettersWithoutTheirMarks) {
  EXPECT_EQ(to_ascii("plain\n"), "plain\n");
  EXPECT_EQ(to_ascii("Grüße aus Łódź, Ærø"), "Grusse aus Lodz, AEro");
  EXPECT_EQ(to_ascii("u\xCC\x88"), "u");
  EXPECT_EQ(to_ascii("“a” – ‘b’…"), "\"a\" - 'b'.");
  EXPECT_EQ(to_ascii("ﬁnance ＡＢ ½"), "finance AB 12");
}

TEST(Ascii, WhatHasNoLikenessIsAsWideAsItWas) {
  EXPECT_EQ(to_ascii("東京"), "????");
  EXPECT_EQ(to_ascii("мир"), "???");
  EXPECT_EQ(to_ascii("██▌"), "###");
}

}  // namespace
}  // namespace restante::text
