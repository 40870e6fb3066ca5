#include "accounts/names/spelling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "accounts/names/names.h"
#include "accounts/names/other_spellings.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Spelling, KeysAreWhatSpellingsShare) {
  for (const auto& [name, key] : std::vector<std::pair<std::string, std::string>>{
           {"alice@x.test", "alice@x.test"},
           {"Alice@x.test", "alice@x.test"},
           {"m\u00dcller@b\u00dccher.test", "m\u00fcller@xn--bcher-kva.test"},
           {"mu\u0308ller@xn--bcher-kva.test", "m\u00fcller@xn--bcher-kva.test"},
           {"a@b@b\u00fccher.test", "a@b@xn--bcher-kva.test"},
           {"@b\u00fccher.test", "@xn--bcher-kva.test"}}) {
    EXPECT_EQ(spelling_key(name, true), key);
    EXPECT_EQ(spelling_key(key, true), key);
  }
  EXPECT_EQ(spelling_key("M\u00dcller@b\u00fccher.test", false), "M\u00dcller@xn--bcher-kva.test");
  EXPECT_NE(spelling_key("mu\u0308@x.test", false), spelling_key("m\u00fc@x.test", false));
}

TEST(Spelling, NewNamesAreTidyAndKeepTheirKindOfDomain) {
  EXPECT_EQ(tidy_spelling("m\u00dcller@b\u00dccher.test", true), "m\u00fcller@b\u00fccher.test");
  EXPECT_EQ(tidy_spelling("mu\u0308ller@xn--bcher-kva.test", true),
            "m\u00fcller@xn--bcher-kva.test");
  EXPECT_EQ(tidy_spelling("M\u00dcller@b\u00dccher.test", false), "M\u00dcller@b\u00fccher.test");
}

TEST(Spelling, OthersAreFew) {
  EXPECT_THAT(other_spellings("alice@x.test", true), IsEmpty());
  EXPECT_THAT(other_spellings("m\u00fcller@x.test", true), IsEmpty());
  EXPECT_THAT(other_spellings("m\u00dcller@x.test", true), ElementsAre("m\u00fcller@x.test"));
  EXPECT_THAT(other_spellings("m\u00dcller@x.test", false), IsEmpty());
  EXPECT_THAT(other_spellings("a@xn--bcher-kva.test", true), ElementsAre("a@b\u00fccher.test"));
  EXPECT_THAT(other_spellings("a@xn--a.test", true), IsEmpty());
  EXPECT_THAT(other_spellings("m\u00dcller@b\u00dccher.test", true),
              ElementsAre("m\u00fcller@b\u00fccher.test", "m\u00fcller@xn--bcher-kva.test"));
  EXPECT_THAT(other_spellings("@b\u00fccher.test", true), ElementsAre("@xn--bcher-kva.test"));
  EXPECT_THAT(domain_spellings("x.test"), ElementsAre("x.test"));
  EXPECT_THAT(domain_spellings("b\u00fccher.test"),
              ElementsAre("b\u00fccher.test", "xn--bcher-kva.test"));
}

TEST(Spelling, TheVerySameThenTheTidyThenTheOnly) {
  const std::vector<std::string> both{"m\u00dcller@x.test", "m\u00fcller@x.test"};
  EXPECT_EQ(choose_spelling(both, "m\u00dcller@x.test", true), &both[0]);
  EXPECT_EQ(choose_spelling(both, "mu\u0308ller@x.test", true), &both[1]);
  const std::vector<std::string> untidy{"m\u00dcller@x.test", "mu\u0308ller@x.test"};
  EXPECT_EQ(choose_spelling(untidy, "m\u00fcller@x.test", true), nullptr) << "whose would it be?";
  const std::vector<std::string> one{"m\u00dcller@x.test", "other@x.test"};
  EXPECT_EQ(choose_spelling(one, "m\u00fcller@x.test", true), &one[0]);
  EXPECT_EQ(choose_spelling(one, "m\u00fcller@x.test", false), nullptr);
  EXPECT_EQ(choose_spelling({}, "m\u00fcller@x.test", true), nullptr);
}

TEST(Spelling, AnAnswerEndsTheAsking) {
  int asked = 0;
  const auto never = [&](const std::string&) -> Result<bool> {
    ++asked;
    return Error(Errc::kNotFound);
  };
  EXPECT_EQ(ask_other_spellings("A\u00dc@b\u00fccher.test", true, never).error().code,
            Errc::kNotFound);
  EXPECT_EQ(asked, 2);
  const auto down = [&](const std::string&) -> Result<bool> {
    ++asked;
    return Error(Errc::kIo);
  };
  asked = 0;
  EXPECT_EQ(ask_other_spellings("A\u00dc@b\u00fccher.test", true, down).error().code, Errc::kIo);
  EXPECT_EQ(any_spelling_of("b\u00fccher.test", down).error().code, Errc::kIo);
  EXPECT_EQ(asked, 2);
}

std::string random_text(std::mt19937& random) {
  const std::vector<std::string> pieces{"a",      "Z",      "\u00fc", "\u00dc",     "u\u0308",
                                        "\u00df", "\u1e9e", "\u0130", "\u03a3",     "\u03c2",
                                        "\u0345", "\u212a", "\ufb01", "\U0001F4A9", "\u023a",
                                        "@",      "+",      ".",      "-",          "xn--",
                                        "\u3002", "\uff20", "\u200d", "\U0001D160", "7"};
  std::string out;
  std::uniform_int_distribution<std::size_t> which(0, pieces.size() - 1);
  std::uniform_int_distribution<int> length(1, 30);
  for (int i = length(random); i > 0; --i) out += pieces[which(random)];
  return out;
}

TEST(Spelling, HoldsForAnyName) {
  std::mt19937 random(14);
  int names = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(random) + "@" + random_text(random);
    for (const bool fold : {true, false}) {
      const auto name = canonical_name(text, NameRules("", fold));
      if (!name) continue;
      ++names;
      const std::string key = spelling_key(*name, fold);
      EXPECT_EQ(spelling_key(key, fold), key) << *name;
      EXPECT_EQ(canonical_name(key, NameRules("", fold)).value_or("none"), key) << *name;
      EXPECT_LE(local_part_of(key).size(), limits::kLocalPartBytesMax);
      EXPECT_LE(domain_of(key).size(), limits::kDomainBytesMax);
      if (!fold) EXPECT_EQ(local_part_of(key), local_part_of(*name));
      const std::string tidy = tidy_spelling(*name, fold);
      EXPECT_EQ(spelling_key(tidy, fold), key) << *name;
      for (const std::string& other : other_spellings(*name, fold))
        EXPECT_EQ(spelling_key(other, fold), key) << *name;
    }
  }
  EXPECT_GT(names, 1000);
}

}  // namespace
}  // namespace restante::accounts
