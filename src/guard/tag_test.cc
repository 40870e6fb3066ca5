#include "guard/tag.h"

#include <gtest/gtest.h>

namespace restante::guard {
namespace {

TEST(Tag, IsTheSameForTheSameAndForNothingElse) {
  const Tagger tagger;
  EXPECT_EQ(tagger.of("a"), tagger.of("a"));
  EXPECT_NE(tagger.of("a"), tagger.of("b"));
  EXPECT_NE(tagger.of(""), tagger.of(std::string_view("\0", 1)));
  const Tag a = tagger.of("a");
  const Tag b = tagger.of("b");
  EXPECT_EQ(tagger.of({a, b}), tagger.of({a, b}));
  EXPECT_NE(tagger.of({a, b}), tagger.of({b, a}));
  EXPECT_NE(tagger.of({a}), a);
}

TEST(Tag, DependsOnTheKeyOfItsTagger) { EXPECT_NE(Tagger().of("a"), Tagger().of("a")); }

TEST(Tag, OfTagsIsNeverThatOfTheSameOctets) {
  const Tagger tagger;
  const Tag a = tagger.of("a");
  EXPECT_NE(tagger.of({a}),
            tagger.of(std::string_view(reinterpret_cast<const char*>(a.data()), a.size())));
}

}  // namespace
}  // namespace restante::guard
