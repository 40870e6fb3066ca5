// OAuth 2 access tokens: a TokenVerifier that checks JWTs (RFC 9068) by the issuer's keys, and asks
// the issuer about all others (RFC 7662). docs/oauth.md is for operators.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/names/names.h"
#include "accounts/oauth/claims.h"
#include "accounts/oauth/fetcher.h"
#include "accounts/token_verifier.h"
#include "base/clock.h"
#include "config/keys_fwd.h"

namespace restante::accounts::oauth {

struct OauthSettings {
  ClaimRules claims;
  bool untyped = false;  ///< Takes JWTs of any "typ", not of "at+jwt" alone.
  std::string jwks_url;  ///< At most one of these two; none: JWTs are asked about, too.
  std::filesystem::path jwks_file;
  std::string introspection_url;  ///< Empty: no introspection.
  std::string client_id;
  std::filesystem::path client_secret_file;  ///< Its first line; empty: no secret.
  std::filesystem::path ca_file;
  std::chrono::milliseconds timeout{5000};
  std::chrono::seconds cache_age_max{60};
  NameRules names;
};

/// [oauth].
const config::Keys<OauthSettings>& keys();

/// The first line of the file. Errors: kIo; kSyntax (there is nothing in it).
Result<std::string> read_client_secret(const std::filesystem::path& path);

/// `clock` is not owned and outlives it. Nothing is fetched yet. Errors: kIo (the client's secret
/// cannot be read), kSyntax (an address that is none).
Result<std::unique_ptr<TokenVerifier>> make_token_verifier(const OauthSettings& settings,
                                                           const Clock& clock);

/// The same with a network of the tests'.
std::unique_ptr<TokenVerifier> make_token_verifier(const OauthSettings& settings,
                                                   const Clock& clock,
                                                   std::unique_ptr<Fetcher> fetcher);

}  // namespace restante::accounts::oauth
