#include "fetch/secrets/oauth_grant.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

namespace restante::fetch {
namespace {

using testing::HasSubstr;

Result<Grant> read(std::string_view body, long status = 200) {
  return read_grant(HttpAnswer{status, boost::json::parse(body).as_object()}, 1000);
}

TEST(Grant, Tokens) {
  const auto grant =
      read(R"({"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"})");
  ASSERT_TRUE(grant && grant->granted());
  EXPECT_EQ(grant->tokens.access.view(), "a");
  EXPECT_EQ(grant->tokens.refresh.view(), "r");
  EXPECT_EQ(grant->tokens.expires, 4600);
  EXPECT_EQ(read(R"({"access_token":"a","token_type":"bearer"})")->tokens.expires, 1300);
  EXPECT_EQ(read(R"({"access_token":"a","token_type":"bearer","expires_in":-9})")->tokens.expires,
            1300);
}

// Microsoft's older address for tokens writes it as text.
TEST(Grant, ALifeMayBeText) {
  const auto expires = [](const std::string& life) {
    return read(R"({"access_token":"a","token_type":"bearer","expires_in":)" + life + "}")
        ->tokens.expires;
  };
  EXPECT_EQ(expires(R"("3599")"), 4599);
  for (const auto* none : {R"("")", R"("-9")", R"("1h")", R"(" 5")", "null", "[5]"})
    EXPECT_EQ(expires(none), 1300) << none;
}

TEST(Grant, RefusalsAreNoErrors) {
  const auto grant =
      read("{\"error\":\"invalid_grant\",\"error_description\":\"no\\u001b[1m\"}", 400);
  ASSERT_TRUE(grant);
  EXPECT_FALSE(grant->granted());
  EXPECT_EQ(grant->refusal.error, "invalid_grant");
  EXPECT_EQ(grant->refusal.description, "no?[1m");
}

TEST(Grant, AnythingElseIsAnError) {
  for (const char* const body :
       {"{}", R"({"access_token":1,"token_type":"bearer"})", R"({"access_token":"a"})",
        R"({"access_token":"a","token_type":"mac"})",
        R"({"access_token":"","token_type":"bearer"})"})
    EXPECT_EQ(read(body).error().code, Errc::kSyntax) << body;
  EXPECT_FALSE(read(R"({"access_token":"a","token_type":"bearer"})", 403));
}

TEST(Form, IsEscaped) {
  EXPECT_EQ(encode_form({{"a", "b c&d=é"}, {"e-f", ""}}), "a=b%20c%26d%3D%C3%A9&e-f=");
  EXPECT_EQ(encode_form({}), "");
}

}  // namespace
}  // namespace restante::fetch
