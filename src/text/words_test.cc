#include "text/words.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

std::string words(std::string_view text) {
  std::string out;
  append_words(text, out, 10'000);
  return out;
}

TEST(Words, CharactersWithoutBlanksStandAlone) {
  EXPECT_EQ(words("日本語 text"), "日 本 語  text");
  EXPECT_EQ(words("ab日c"), "ab 日 c");
  EXPECT_EQ(words("한국"), "한 국 ");
  EXPECT_EQ(words("Müller, привет"), "Müller, привет");
}

TEST(Words, WhatIsNoWordIsLeftOut) {
  const std::string encoded(200, 'A');
  EXPECT_EQ(words("a " + encoded + " b"), "a  b");
  EXPECT_EQ(words(encoded), "");
  EXPECT_EQ(words("x." + encoded), "x.");
  EXPECT_EQ(words(std::string(40, 'A')), std::string(40, 'A'));
}

TEST(Words, IsCut) {
  std::string out;
  append_words(std::string(100, 'a') + " " + std::string(100, ' '), out, 50);
  EXPECT_LE(out.size(), 51U);
}

TEST(Words, JoinedForSnippets) {
  EXPECT_EQ(join_words(words("日本語 text 한국")), "日本語text한국");
  EXPECT_EQ(join_words("a b  c"), "a b  c");
}

}  // namespace
}  // namespace restante::text
