#include "archive/search/query_stars.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

std::string understood(const std::string& words, bool quoted = false) {
  TextTerm term;
  term.words = words;
  const std::string mistake = quoted ? understand_stars_in_quotes(term) : understand_stars(term);
  if (!mistake.empty()) return "mistake";
  return (term.is_pattern ? "pattern " : "") + term.words + (term.is_prefix ? " prefix" : "");
}

TEST(QueryStars, ArePrefixesAndPatterns) {
  EXPECT_EQ(understood("word"), "word");
  EXPECT_EQ(understood("word*"), "word prefix");
  EXPECT_EQ(understood("well-kno**"), "well-kno prefix");
  EXPECT_EQ(understood("*W\u00d6rd"), "pattern *word");
  EXPECT_EQ(understood("w*d*"), "pattern w*d*");
  EXPECT_EQ(understood("\u0915\u093f*"), "\u0915\u093f prefix");
  EXPECT_EQ(understood("*.example"), ".example");
  // The accent, and the sign that makes it a picture, are characters of their own.
  EXPECT_EQ(understood("gru\u0308*"), "gru\u0308 prefix");
  EXPECT_EQ(understood("\u2764\ufe0f*"), "\u2764\ufe0f prefix");
  EXPECT_EQ(understood("a b*", true), "a b prefix");
}

TEST(QueryStars, MeanNothingElsewhere) {
  for (const char* const words :
       {"foo-*", "foo-\u0308*", "*foo-bar", "*x", "\u65e5*\u672c", "*a b*"})
    EXPECT_EQ(understood(words), "mistake") << words;
  for (const char* const words : {"a* b", "*a", "a *", "a*b"})
    EXPECT_EQ(understood(words, true), "mistake") << words;
}

}  // namespace
}  // namespace restante::archive
