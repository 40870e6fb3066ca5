#include "accounts/oauth/check.h"

#include "accounts/oauth/file_fetcher.h"
#include "accounts/oauth/introspection.h"
#include "accounts/oauth/jwk.h"
#include "base/ascii.h"
#include "base/secret_string.h"

namespace restante::accounts::oauth {
namespace {

/// The text at an address or in a file must be keys, and one of them of use.
std::string why_no_keys(Fetcher& source, const std::string& place) {
  HttpRequest request;
  request.url = place;
  const auto text = source.fetch(request);
  if (!text) return text.error().detail;
  const auto keys = parse_jwks(*text);
  if (!keys) return place + " has no key set: " + keys.error().detail;
  if (keys->empty()) return place + " has no key that can check a signature";
  return {};
}

std::string why_not_asked(const OauthSettings& settings, const Clock& clock, Fetcher& network) {
  IntrospectionSettings introspection;
  introspection.url = settings.introspection_url;
  introspection.client_id = settings.client_id;
  if (!settings.client_secret_file.empty()) {
    auto secret = read_client_secret(settings.client_secret_file);
    if (!secret) return secret.error().detail;
    introspection.client_secret = std::move(*secret);
  }
  PacedFetcher paced(network, clock);
  const auto answer =
      // A token that no issuer made: "not active" is the answer of one that understood the
      // question.
      Introspector(paced, clock, std::move(introspection)).ask(kNobodysName, settings.claims);
  const bool answered = answer || answer.error().code == Errc::kAuth;
  return answered ? std::string() : answer.error().detail;
}

}  // namespace

KeyFaults check_settings(const OauthSettings& settings) {
  KeyFaults out;
  if (!settings.jwks_url.empty() && !is_issuer_url(settings.jwks_url))
    out.emplace_back("jwks_url", settings.jwks_url + " is no https address");
  if (!settings.introspection_url.empty() && !is_issuer_url(settings.introspection_url))
    out.emplace_back("introspection_url", settings.introspection_url + " is no https address");
  if (settings.client_secret_file.empty()) return out;
  auto secret = read_client_secret(settings.client_secret_file);
  // Only its form: the server reads it as its own user, and here another may be asking.
  if (secret)
    wipe(*secret);
  else if (secret.error().code == Errc::kSyntax)  // It could be read before.
    out.emplace_back("client_secret_file", secret.error().detail);
  return out;
}

KeyFaults ask(const OauthSettings& settings, const Clock& clock) {
  HttpSettings http;
  http.ca_file = settings.ca_file;
  http.timeout = settings.timeout;
  return ask(settings, clock, *make_http_fetcher(http));
}

KeyFaults ask(const OauthSettings& settings, const Clock& clock, Fetcher& network) {
  KeyFaults out;
  const auto add = [&out](const char* key, std::string why) {
    if (!why.empty()) out.emplace_back(key, std::move(why));
  };
  if (!settings.jwks_url.empty()) add("jwks_url", why_no_keys(network, settings.jwks_url));
  if (!settings.jwks_file.empty())
    add("jwks_file", why_no_keys(*make_file_fetcher(kJwksBytesMax), settings.jwks_file.string()));
  if (!settings.introspection_url.empty())
    add("introspection_url", why_not_asked(settings, clock, network));
  return out;
}

}  // namespace restante::accounts::oauth
