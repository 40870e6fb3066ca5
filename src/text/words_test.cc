#include "text/words.h"

#include <gtest/gtest.h>

#include <vector>

namespace restante::text {
namespace {

TEST(Words, CaseAccentsAndFormsMakeNoDifference) {
  const std::pair<std::string_view, std::string_view> same[] = {
      {"Müller", "muller"},
      {"Mu\xcc\x88ller", "muller"},
      {"Straße STRASSE", "strasse strasse"},
      {"Αθήνα", "αθηνα"},
      {"σοφός ΣΟΦΟΣ", "σοφοσ σοφοσ"},
      {"ᾳ", "α"},
      {"Ёлка й", "елка и"},
      {"Łódź Ørsted Đình ısı İstanbul", "lodz orsted dinh isi istanbul"},
      {"Ægir œuvre þing", "aegir oeuvre thing"},
      {"مَرْحَبًا مرحـبا", "مرحبا مرحبا"},
      {"שָׁלוֹם", "שלום"},
      {"ﬁnance ＡＢＣ１２３ m² H₂O 𝐁old", "finance abc123 m2 h2o bold"},
      {"Fuß\xc2\xad"
       "ball\xc2\xadspiel",
       "fussballspiel"},
      {"ver\xe2\x80\x8bword a\xe2\x81\xa0"
       "b c\xef\xbb\xbf"
       "d",
       "verword ab cd"},
      {"می\xe2\x80\x8cخواهم", "میخواهم"},
      {"١٢٣ ४५ ໑", "123 45 1"},
      {"½ № Ⅷ", "1 2 no viii"},
      {"Acme™ Qurʾān", "acme quran"},
  };
  for (const auto& [text, words] : same) EXPECT_EQ(folded_words(text), words) << text;
}

TEST(Words, VowelsOfOtherScriptsStay) {
  EXPECT_EQ(folded_words("हिन्दी अंतर्राष्ट्रीयकरण"), "हिन्दी अंतर्राष्ट्रीयकरण");
  EXPECT_NE(folded_words("कि"), folded_words("की"));
  EXPECT_EQ(folded_words("பல்கலைக்கழகம்"), folded_words("பல்கலைக்கழகம்"));
  EXPECT_NE(folded_words("か"), folded_words("が"));
  EXPECT_EQ(folded_words("か\xe3\x82\x99"), "が");
  EXPECT_EQ(folded_words("ｶﾞ"), "ガ");
}

TEST(Words, CharactersWithoutBlanksStandAlone) {
  EXPECT_EQ(folded_words("日本語 text"), "日 本 語 text");
  EXPECT_EQ(folded_words("ab日c"), "ab 日 c");
  EXPECT_EQ(folded_words("한국"), "한 국");
  EXPECT_EQ(folded_words("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80"), "한 \xe1\x84\x80");
  EXPECT_EQ(folded_words("ที่นี่"), "ที่ นี่");
  EXPECT_EQ(folded_words("go🎉go 👍🏽 ❤️"), "go 🎉 go 👍 ❤");
}

TEST(Words, AreCutAsEver) {
  EXPECT_EQ(folded_words("O'Brien O’Brien foo_bar_baz me+tag@example.com"),
            "o brien o brien foo bar baz me tag example com");
  EXPECT_EQ(folded_words(" ©, €- – \xff"), folded_words("\xff"));
}

TEST(Words, AnyLength) {
  const std::string longest(63, 'r');
  EXPECT_EQ(folded_words(longest), longest);
  const std::string beyond(kWordBytesMax + 10, 'a');
  EXPECT_EQ(folded_words(beyond + " b"), std::string(kWordBytesMax, 'a') + " b");
  std::string wide;
  for (int i = 0; i < 600; ++i) wide += "ж";
  EXPECT_EQ(folded_words(wide), wide.substr(0, kWordBytesMax));
}

TEST(Words, KnowTheirPlace) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  WordCutter().cut("a Müller, 日本", [&](const Word& word) {
    places.emplace_back(word.from, word.to);
    return true;
  });
  const std::vector<std::pair<std::size_t, std::size_t>> expected = {
      {0, 1}, {2, 9}, {11, 14}, {14, 17}};
  EXPECT_EQ(places, expected);
}

TEST(Words, OfAFieldCarryItsName) {
  EXPECT_EQ(folded_words("text " + in_field("List-Id", "Big News 日本") + "\nmore"),
            "text :list-id:big :list-id:news :list-id:日 :list-id:本 more");
  EXPECT_EQ(folded_words("\x01 x\x04 y \x01z"), "x y z");
  EXPECT_EQ(folded_words(in_field("a",
                                  "b\n\x01"
                                  "c\x04 d")),
            ":a:b :a:c :a:d");
}

TEST(Words, OfAFieldNeverBeginAsOthersDo) {
  for (const std::string_view sign : {":", "：", "﹕", "︓", "∶", "ː", "::a"})
    EXPECT_FALSE(folded_words(sign).starts_with(':')) << sign;
  EXPECT_TRUE(is_of_field(folded_words(in_field("A", "b"))));
  EXPECT_EQ(folded_words(in_field("a", "b")), field_prefix("A") + "b");
  EXPECT_FALSE(is_of_field(folded_words("a:b")));
}

TEST(Words, NoTextPassesForAField) {
  const std::string forged = "body\n" + in_field("list-id", "forged") + "\tend\x7f\x02";
  EXPECT_EQ(folded_words(without_controls(forged)), "body list id forged end");
  EXPECT_EQ(without_controls(forged).size(), forged.size());
  EXPECT_EQ(without_controls("a\nü"), "a\nü");
  EXPECT_EQ(folded_words(in_field("\x04x ü\n", "word")), ":?x????:word");
}

TEST(Words, AreThere) {
  EXPECT_TRUE(has_word("- x"));
  EXPECT_FALSE(has_word(" -!\xc2\xad"));
}

}  // namespace
}  // namespace restante::text
