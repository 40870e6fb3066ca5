#include "pop3/language.h"

#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

TEST(Language, IsFoundByLookup) {
  EXPECT_EQ(find_language("*"), Language::kEnglish);
  EXPECT_EQ(find_language("en"), Language::kEnglish);
  EXPECT_EQ(find_language("EN-gb"), Language::kEnglish);
  EXPECT_EQ(find_language("de"), Language::kGerman);
  EXPECT_EQ(find_language("de-Latn-AT"), Language::kGerman);
  EXPECT_EQ(find_language("i-default"), Language::kDefault);
  EXPECT_EQ(find_language("I-Default"), Language::kDefault);
  for (const std::string_view range : {"", "-", "i", "d", "deu", "fr", "x-de", "*-de", "de "})
    EXPECT_EQ(find_language(range), std::nullopt) << range;
}

TEST(Language, KnowsItsTag) {
  EXPECT_EQ(info(Language::kGerman).tag, "de");
  for (const LanguageInfo& known : languages()) EXPECT_EQ(find_language(known.tag), known.language);
}

TEST(Text, IsTranslated) {
  for (int i = 0; i < static_cast<int>(Text::kCount); ++i) {
    const Text id{static_cast<std::uint8_t>(i)};
    EXPECT_NE(text(id, Language::kEnglish), text(id, Language::kGerman));
  }
}

}  // namespace
}  // namespace restante::pop3
