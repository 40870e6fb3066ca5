#include "sasl/prepare.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace restante::sasl {
namespace {

using namespace std::string_literals;

// RFC 4013 s.3.
TEST(Prepare, DoesTheExamplesOfTheRfc) {
  EXPECT_EQ(*prepare("I\xC2\xADX"), "IX");
  EXPECT_EQ(*prepare("user"), "user");
  EXPECT_EQ(*prepare("USER"), "USER");
  EXPECT_EQ(*prepare("\xC2\xAA"), "a");
  EXPECT_EQ(*prepare("\xE2\x85\xA8"), "IX");
  EXPECT_FALSE(prepare("\x07"));
  EXPECT_FALSE(prepare("\xD8\xA7\x31"));
}

TEST(Prepare, NormalFormsMeet) {
  EXPECT_EQ(*prepare("p\x61\xCC\x88ss"), "p\xC3\xA4ss");
  EXPECT_EQ(*prepare("p\xC3\xA4ss"), "p\xC3\xA4ss");
  EXPECT_EQ(*prepare("a\xC2\xA0"
                     "b"),
            "a b");
}

TEST(Prepare, LetsNewCharactersThrough) {
  EXPECT_EQ(*prepare("\xF0\x9F\x93\xAC"), "\xF0\x9F\x93\xAC");
}

TEST(Prepare, RefusesWhatIsNoText) {
  for (const std::string& bad :
       {""s, "\xff"s, "a\0b"s, "\xC3"s, "\xED\xA0\x80"s, "a\x7f"s, "\xC2\xAD"s})
    EXPECT_EQ(prepare(bad).error().code, Errc::kSyntax) << bad;
  EXPECT_EQ(prepare(std::string(limits::kSaslLineBytesMax + 1, 'a')).error().code, Errc::kLimit);
}

// U+0B47 and U+0B3E are put together across the mark between them, after the marks were ordered.
TEST(Prepare, RefusesWhatHasNoOneNormalForm) {
  const auto refused = prepare("\xE0\xAD\x87\xCC\x80\xE0\xAC\xBE\xCC\xA3");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kSyntax);
  EXPECT_EQ(*prepare("\xE0\xAD\x87\xE0\xAC\xBE\xCC\xA3"), "\xE0\xAD\x8B\xCC\xA3");
}

TEST(Prepare, TheLongestExpansionFits) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "\xEF\xB7\xBA";  // U+FDFA.
  const auto prepared = prepare(text);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->size(), 300U * 33);
  EXPECT_EQ(*prepare(*prepared), *prepared);
}

}  // namespace
}  // namespace restante::sasl
