#include "fetch/secrets/oauth_grant.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::fetch {
namespace {

// The life of a token whose issuer does not say it; too short only costs one more question.
constexpr std::int64_t kLifeUnsaid = 300;
constexpr std::int64_t kLifeMax = 365LL * 24 * 3600;

std::string for_people(std::string_view text) {
  std::string out(text.substr(0, 300));
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

}  // namespace

Result<Grant> read_grant(const HttpAnswer& answer, std::int64_t now) {
  Grant grant;
  grant.refusal.error = for_people(text_of(answer.body, "error"));
  grant.refusal.description = for_people(text_of(answer.body, "error_description"));
  // A refusal is an answer: the caller decides what it means.
  if (!grant.granted()) return grant;
  const std::string_view access = text_of(answer.body, "access_token");
  if (answer.status != 200 || access.empty())
    return Error(Errc::kSyntax, "the issuer gave neither a token nor a reason");
  // Another kind of token needs a proof with each use, which POP3 has no place for.
  if (!equals_ignore_case(text_of(answer.body, "token_type"), "bearer"))
    return Error(Errc::kSyntax, "the issuer gave a token that is no bearer token");
  grant.tokens.access = SecretString(access);
  grant.tokens.refresh = SecretString(text_of(answer.body, "refresh_token"));
  const std::int64_t life = number_of(answer.body, "expires_in", kLifeUnsaid);
  // A year at most, so that sums with it cannot overflow.
  grant.tokens.expires = now + std::min(life, kLifeMax);
  return grant;
}

Result<Grant> ask_for_tokens(const profile::Issuer& issuer, Form form, std::int64_t now,
                             const net::StopSignal& stop) {
  form.emplace_back("client_id", issuer.client_id);
  if (!issuer.client_secret.empty())
    form.emplace_back("client_secret", issuer.client_secret.view());
  RESTANTE_TRY(const HttpAnswer answer, post_form(issuer, issuer.token_url, form, stop));
  return read_grant(answer, now);
}

}  // namespace restante::fetch
