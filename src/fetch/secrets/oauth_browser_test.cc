#include "fetch/secrets/oauth_browser.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

TEST(Pkce, IsTheOneOfTheRfc) {
  // RFC 7636, its appendix B.
  EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Callback, TakesTheFirstLineApart) {
  const Callback got = parse_callback("GET /?state=s%2Fx&code=a+b%3D&other=1 HTTP/1.1");
  EXPECT_EQ(got.code, "a b=");
  EXPECT_EQ(got.state, "s/x");
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(parse_callback("GET /?error=access_denied&state=s HTTP/1.1").error, "access_denied");
}

TEST(Callback, AnythingElseIsNothing) {
  for (const char* const line : {"", "GET /favicon.ico HTTP/1.1", "POST /?code=a HTTP/1.1",
                                 "GET /?", "GET /?code", "GET /?&&=& HTTP/1.1", "GET /?code=%"}) {
    const Callback got = parse_callback(line);
    EXPECT_TRUE(got.state.empty()) << line;
  }
  EXPECT_EQ(parse_callback("GET /?code=%4 x").code, "%4");
}

TEST(OauthBrowser, WhatIsPastedIsAnAddressOrACode) {
  const Callback whole = parse_pasted(" http://127.0.0.1:47813/?state=s&code=4%2Fa&scope=x \r");
  EXPECT_EQ(whole.code, "4/a");
  EXPECT_EQ(whole.state, "s");
  EXPECT_EQ(parse_pasted("4%2Fa\n").code, "4/a");
  EXPECT_EQ(parse_pasted("http://127.0.0.1:47813/?error=access_denied").error, "access_denied");
  EXPECT_EQ(parse_pasted("").code, "");
}

}  // namespace
}  // namespace restante::fetch
