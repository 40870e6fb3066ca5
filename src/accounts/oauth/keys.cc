// The keys of [oauth], and what holds across them.
#include "config/keys.h"
#include "accounts/oauth/verifier.h"

namespace restante::accounts::oauth {
namespace {

using namespace std::chrono_literals;
using config::Duration;
using config::issuer_url;
using config::kBoolean;
using config::key;
using config::kPath;
using config::kText;
using config::Plain;
using config::text;

}  // namespace

const config::Keys<OauthSettings>& keys() {
  static const config::Keys<ClaimRules> claims = {
      key("issuer", &ClaimRules::issuer, kText, "The exact `iss` of its tokens.").required(),
      key("audience", &ClaimRules::audience, kText, "The value that `aud` must be or hold.",
          "none; needed for keys"),
      key("scope", &ClaimRules::scope, kText,
          "Names with blanks between: a token needs all of them, in `scope` or `scp`."),
      key("name_claim", &ClaimRules::name_claim, kText,
          "The claim whose value is the account's name. Take one that users cannot change."),
      key("leeway", &ClaimRules::leeway, Duration(0s, 10min),
          "How far its clock and ours may be apart."),
  };
  static const auto keys = config::joined<OauthSettings>(
      {config::keys_within<OauthSettings>(&OauthSettings::claims, claims),
       {
           key("untyped", &OauthSettings::untyped, kBoolean,
               "Takes JWTs whose `typ` is not `at+jwt` (RFC 9068), as some issuers make them."),
           key("jwks_url", &OauthSettings::jwks_url, Plain(issuer_url, "https address"),
               "Where the issuer's keys are."),
           key("jwks_file", &OauthSettings::jwks_file, kPath, "A file with them instead."),
           key("introspection_url", &OauthSettings::introspection_url,
               Plain(issuer_url, "https address"),
               "Where tokens that are no JWT are asked about (RFC 7662); without keys, all "
               "tokens."),
           key("client_id", &OauthSettings::client_id, kText,
               "The name for these questions, by HTTP Basic."),
           key("client_secret_file", &OauthSettings::client_secret_file, kPath,
               "A file with the secret of that client in its first line; others may not read it."),
           key("ca_file", &OauthSettings::ca_file, kPath,
               "PEM: the authorities that may sign the issuer's certificate.",
               "the machine's list"),
           key("timeout", &OauthSettings::timeout, Duration(1s, 1min),
               "For an answer of the issuer."),
           key("cache_age", &OauthSettings::cache_age_max, Duration(0s, 10min),
               "How long a good introspection answer counts. A revoked token may let in for that "
               "time."),
       }});
  return keys;
}

}  // namespace restante::accounts::oauth
