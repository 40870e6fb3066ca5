#include "accounts/oauth/verifier.h"

#include <algorithm>
#include <optional>

#include "accounts/login/login_name.h"
#include "accounts/oauth/file_fetcher.h"
#include "accounts/oauth/introspection.h"
#include "accounts/oauth/jwt.h"
#include "accounts/oauth/key_source.h"
#include "accounts/passwords/password.h"
#include "base/ascii.h"

namespace restante::accounts::oauth {
namespace {

// A file is cheap to read, so it is read soon again.
constexpr KeyAges kFileAges{std::chrono::seconds(10), std::chrono::seconds(1)};
constexpr std::size_t kSecretBytesMax = 4096;

Error token_refused(std::string why) { return Error(Errc::kAuth, std::move(why)); }

/// Media types compare without case, and "application/" may stand before (RFC 9068 s.4).
bool is_access_token(std::string_view type) {
  constexpr std::string_view kPrefix = "application/";
  if (starts_with_ignore_case(type, kPrefix)) type.remove_prefix(kPrefix.size());
  return equals_ignore_case(type, "at+jwt");
}

bool is_signed(const Jwt& token, const OfferedKeys& keys) {
  return std::any_of(keys.keys.begin(), keys.keys.end(),
                     [&token](const Jwk& key) { return verify_signature(token, key).has_value(); });
}

class OauthVerifier : public TokenVerifier {
 public:
  OauthVerifier(const OauthSettings& settings, const Clock& clock, std::unique_ptr<Fetcher> fetcher)
      : settings_(settings), clock_(clock), fetcher_(std::move(fetcher)) {
    if (!settings_.jwks_url.empty())
      keys_.emplace(keys_gate_, clock_, settings_.jwks_url, KeyAges());
    if (!settings_.jwks_file.empty())
      keys_.emplace(file_gate_, clock_, settings_.jwks_file.string(), kFileAges);
  }

  void introspect_at(IntrospectionSettings settings) {
    introspector_.emplace(introspection_gate_, clock_, std::move(settings));
  }

  Result<std::string> verify(std::string_view token, std::string_view claimed_name) override {
    // Bounded before any work, or any question to the issuer.
    if (token.empty() || token.size() > kTokenBytesMax)
      return token_refused("token of a wrong size");
    const bool by_keys = keys_ && looks_like_jwt(token);
    if (!by_keys && !introspector_)
      return token_refused("token is no JWT, and nobody is asked of others");
    RESTANTE_TRY(const Grant grant,
                 by_keys ? check_jwt(token) : introspector_->ask(token, settings_.claims));
    const auto name = canonical_name(grant.name, settings_.names);
    if (!name) return token_refused("token names what can be no account");
    if (claimed_name.empty()) return *name;
    // The client's name is only a word; the token's counts, and both have to be the same.
    if (!is_same_login(claimed_name, *name, settings_.names))
      return token_refused("token is another account's");
    return *name;
  }

 private:
  Result<Grant> check_jwt(std::string_view text) {
    const auto token = parse_jwt(text);
    if (!token) return token_refused("token: " + token.error().detail);
    // An ID token has the same signature, and is shown to others than us.
    if (!settings_.untyped && !is_access_token(token->type))
      return token_refused("token is no access token (typ)");
    RESTANTE_TRY(const OfferedKeys keys, keys_->keys_for(*token));
    if (!is_signed(*token, keys)) {
      // The issuer may have changed its keys since they were read.
      RESTANTE_TRY(const OfferedKeys newer, keys_->newer_keys_for(*token, keys));
      if (!is_signed(*token, newer))
        return token_refused("token's signature is by no key of the issuer");
    }
    return check_claims(token->claims, settings_.claims, clock_.now());
  }

  const OauthSettings settings_;
  const Clock& clock_;
  const std::unique_ptr<Fetcher> fetcher_;
  const std::unique_ptr<Fetcher> file_fetcher_ = make_file_fetcher(kJwksBytesMax);
  // A paced for each: a broken address of one must not silence the other.
  PacedFetcher keys_gate_{*fetcher_, clock_};
  PacedFetcher file_gate_{*file_fetcher_, clock_};
  PacedFetcher introspection_gate_{*fetcher_, clock_};
  std::optional<KeySource> keys_;
  std::optional<Introspector> introspector_;
};

IntrospectionSettings introspection_settings(const OauthSettings& settings, std::string secret) {
  IntrospectionSettings out;
  out.url = settings.introspection_url;
  out.client_id = settings.client_id;
  out.client_secret = std::move(secret);
  out.cache_age_max = settings.cache_age_max;
  return out;
}

Status check_url(const std::string& url) {
  if (url.empty() || is_issuer_url(url)) return ok();
  return Error(Errc::kSyntax, "[oauth]: " + url + " is no https address");
}

}  // namespace

Result<std::string> read_client_secret(const std::filesystem::path& path) {
  HttpRequest request;
  request.url = path.string();
  RESTANTE_TRY(std::string text, make_file_fetcher(kSecretBytesMax)->fetch(request));
  // The first line: editors add an end to it.
  std::string secret(trim(text.substr(0, text.find('\n'))));
  wipe(text);
  if (secret.empty()) return Error(Errc::kSyntax, path.string() + ": is empty");
  return secret;
}

Result<std::unique_ptr<TokenVerifier>> make_token_verifier(const OauthSettings& settings,
                                                           const Clock& clock) {
  RESTANTE_CHECKED(check_url(settings.jwks_url));
  RESTANTE_CHECKED(check_url(settings.introspection_url));
  std::string secret;
  if (!settings.client_secret_file.empty()) {
    RESTANTE_TRY(std::string read, read_client_secret(settings.client_secret_file));
    secret = std::move(read);
  }
  HttpSettings http;
  http.ca_file = settings.ca_file;
  http.timeout = settings.timeout;
  auto made = std::make_unique<OauthVerifier>(settings, clock, make_http_fetcher(http));
  if (!settings.introspection_url.empty())
    made->introspect_at(introspection_settings(settings, std::move(secret)));
  return std::unique_ptr<TokenVerifier>(std::move(made));
}

std::unique_ptr<TokenVerifier> make_token_verifier(const OauthSettings& settings,
                                                   const Clock& clock,
                                                   std::unique_ptr<Fetcher> fetcher) {
  auto made = std::make_unique<OauthVerifier>(settings, clock, std::move(fetcher));
  if (!settings.introspection_url.empty())
    made->introspect_at(introspection_settings(settings, ""));
  return made;
}

}  // namespace restante::accounts::oauth
