#include "accounts/oauth/strict_json.h"

#include <gtest/gtest.h>

namespace restante::accounts::oauth {
namespace {

TEST(StrictJson, TakesObjects) {
  const auto object = parse_object(R"( {"a":"x","b":{"a":1},"c":[{"a":1},{"a":2}]} )", 1000);
  ASSERT_TRUE(object);
  EXPECT_EQ(text_of(*object, "a"), "x");
  EXPECT_EQ(text_of(*object, "b"), std::nullopt);
  EXPECT_EQ(text_of(*object, "none"), std::nullopt);
}

TEST(StrictJson, RefusesWhatTwoReadersCouldTakeForTwoThings) {
  for (const auto* text : {R"({"a":1,"a":2})",
                           R"({"a":1,"b":{"c":1,"c":1}})",
                           R"({"a":[{"b":1,"b":2}]})",
                           R"({"a":1,"\u0061":2})",
                           R"({"a":1}{"a":1})",
                           R"({"a":1} x)",
                           R"({"a":1,})",
                           R"({"a":1)",
                           R"({a:1})",
                           R"({'a':1})",
                           R"([1])",
                           R"("a")",
                           "",
                           "null",
                           "{\"a\":\"\xff\"}",
                           R"({"a":01})",
                           R"({"a":NaN})",
                           "{\"a\":\"\n\"}",
                           "// x\n{}",
                           R"({"a":[[[[[[[[[[1]]]]]]]]]]})"})
    EXPECT_FALSE(parse_object(text, 1000)) << text;
  EXPECT_EQ(parse_object(R"({"a":1})", 6).error().code, Errc::kLimit);
}

TEST(StrictJson, EveryCutIsRefused) {
  const std::string text = R"({"a":"x\u00e9","b":[1,2.5e3,true,null],"c":{}})";
  ASSERT_TRUE(parse_object(text, 1000));
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_FALSE(parse_object(text.substr(0, cut), 1000)) << cut;
}

TEST(StrictJson, Base64url) {
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("_-8"), "\xff\xef");
  EXPECT_EQ(decode_base64url("YWJj"), "abc");
  for (const auto* bad : {"YWJj=", "YQ==", "/+8", "Y", "YR", "YW Jj", "YWJj\n", "\xc3\xa9"})
    EXPECT_FALSE(decode_base64url(bad)) << bad;
}

}  // namespace
}  // namespace restante::accounts::oauth
