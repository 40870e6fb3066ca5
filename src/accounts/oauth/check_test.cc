#include "accounts/oauth/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/oauth/test_issuer.h"
#include "accounts/test_support.h"

namespace restante::accounts::oauth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OauthCheck : public testing::Test {
 protected:
  static std::vector<std::string> keys_of(const KeyFaults& faults) {
    std::vector<std::string> out;
    for (const KeyFault& fault : faults) out.push_back(fault.key);
    return out;
  }
  std::vector<std::string> asked() { return keys_of(ask(settings, clock, fetcher)); }

  const TempDir dir;
  OauthSettings settings;
  FakeFetcher fetcher;
  const ManualClock clock;
  const TestKey key{"EdDSA", "k"};
};

TEST_F(OauthCheck, WhatNobodyNeedsToBeAskedFor) {
  settings.jwks_url = "https://id.x.test/keys";
  dir.write("secret", "s3cret\n");
  settings.client_secret_file = dir / "secret";
  EXPECT_THAT(check_settings(settings), IsEmpty());
  settings.jwks_url = "http://id.x.test/keys";
  settings.introspection_url = "id.x.test";
  dir.write("secret", "\n");
  EXPECT_THAT(keys_of(check_settings(settings)),
              ElementsAre("jwks_url", "introspection_url", "client_secret_file"));
}

TEST_F(OauthCheck, TheIssuerIsAsked) {
  settings.jwks_url = "https://id.x.test/keys";
  settings.introspection_url = "https://id.x.test/introspect";
  settings.jwks_file = dir / "keys.json";
  EXPECT_THAT(asked(), ElementsAre("jwks_url", "jwks_file", "introspection_url"));
  for (const auto* nothing : {"<html>", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AA"}]})"}) {
    fetcher.answers[settings.jwks_url] = nothing;
    dir.write("keys.json", nothing);
    EXPECT_THAT(asked(), ElementsAre("jwks_url", "jwks_file", "introspection_url")) << nothing;
  }
  fetcher.answers[settings.jwks_url] = key_set({key.jwk()});
  dir.write("keys.json", key_set({key.jwk()}));
  EXPECT_THAT(asked(), ElementsAre("introspection_url"));
  fetcher.answers["token_type_hint=access_token&token=restante-nobody"] = R"({"active":false})";
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace restante::accounts::oauth
