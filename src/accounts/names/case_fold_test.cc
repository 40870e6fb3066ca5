#include "accounts/names/case_fold.h"

#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

std::string utf8(char32_t c) {
  std::string out;
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((static_cast<std::uint32_t>(c) >> shift) & 0x3FU));
  };
  const auto value = static_cast<std::uint32_t>(c);
  if (value < 0x80U) return {static_cast<char>(value)};
  if (value < 0x800U) {
    out += static_cast<char>(0xC0U | (value >> 6U));
  } else if (value < 0x10000U) {
    out += static_cast<char>(0xE0U | (value >> 12U));
    tail(6);
  } else {
    out += static_cast<char>(0xF0U | (value >> 18U));
    tail(12);
    tail(6);
  }
  tail(0);
  return out;
}

TEST(CaseFold, Table) {
  for (const auto& [text, folded] : std::vector<std::pair<std::string, std::string>>{
           {"", ""},
           {"Alice", "alice"},
           {"M\u00dcLLER", "m\u00fcller"},
           {"mu\u0308ller", "m\u00fcller"},
           {"MU\u0308LLER", "m\u00fcller"},
           {"STRASSE", "strasse"},
           {"stra\u00dfe", "stra\u00dfe"},  // One for one: not "ss".
           {"stra\u1e9ee", "stra\u00dfe"},  // Capital sharp s.
           {"\u03a3\u03c3\u03c2", "\u03c3\u03c3\u03c3"},
           {"\u0130stanbul", "\u0130stanbul"},  // Turkish pairs, which no other language has.
           {"\u0131", "\u0131"},
           {"\u0391\u0301", "\u03ac"},
           {"\u041c\u0418\u0420", "\u043c\u0438\u0440"},
           {"\u212a", "k"},
           {"\xFF", "\xFF"},
           {"M\u00dc\xC3", "M\u00dc\xC3"}}) {
    EXPECT_EQ(fold_case(text), folded) << text;
    EXPECT_EQ(fold_case(folded), folded) << text;
  }
  EXPECT_EQ(to_nfc("MU\u0308"), "M\u00dc");
}

// Every character by itself, and behind a letter with a mark.
TEST(CaseFold, TwiceIsOnce) {
  for (char32_t c = 0x80; c < 0x20000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string text = utf8(c);
    const std::string once = fold_case(text);
    ASSERT_EQ(fold_case(once), once) << static_cast<std::uint32_t>(c);
    const std::string marked = fold_case("\u00dc" + text + "\u0345");
    ASSERT_EQ(fold_case(marked), marked) << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace restante::accounts
