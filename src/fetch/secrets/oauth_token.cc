#include "fetch/secrets/oauth_token.h"

#include <fmt/format.h>

#include <chrono>

#include "fetch/secrets/oauth_grant.h"
#include "fetch/secrets/oauth_store.h"

namespace restante::fetch {
namespace {

constexpr std::int64_t kLeftMin = 60;

Error log_in_first(const profile::Account& account, const std::string& why) {
  return Error(Errc::kAuth, fmt::format("{}: {}; log in: restante account login {}", account.name,
                                        why, account.name));
}

Result<Tokens> refreshed(const profile::Account& account, const profile::Issuer& issuer,
                         const Tokens& old, const net::StopSignal& stop) {
  if (old.refresh.empty()) return log_in_first(account, "the token has run out");
  const Form form{{"grant_type", "refresh_token"}, {"refresh_token", old.refresh.view()}};
  RESTANTE_TRY(Grant grant, ask_for_tokens(issuer, form, seconds_now(), stop));
  if (grant.refusal.error == "invalid_grant")
    return log_in_first(
        account,
        "the issuer takes its refresh token no longer" +
            (grant.refusal.description.empty() ? "" : " (" + grant.refusal.description + ")"));
  if (!grant.granted())
    return Error(Errc::kAuth, fmt::format("{}: the issuer refuses a token: {} {}", account.name,
                                          grant.refusal.error, grant.refusal.description));
  if (grant.tokens.refresh.empty()) grant.tokens.refresh = old.refresh;
  return std::move(grant.tokens);
}

}  // namespace

Result<SecretString> access_token(const profile::Account& account, const profile::Profile& profile,
                                  const net::StopSignal& stop) {
  const profile::Issuer* const issuer = issuer_of(account, profile);
  if (issuer == nullptr) return Error(Errc::kState, account.name + " has no issuer of tokens");
  TokenStore store(account, *issuer, stop);
  RESTANTE_CHECKED(store.lock());
  RESTANTE_TRY(const auto kept, store.load());
  if (!kept) return log_in_first(account, "no token yet");
  if (!kept->access.empty() && kept->expires - kLeftMin > seconds_now()) return kept->access;
  RESTANTE_TRY(const Tokens fresh, refreshed(account, *issuer, *kept, stop));
  RESTANTE_CHECKED(store.save(fresh));
  return fresh.access;
}

const profile::Issuer* issuer_of(const profile::Account& account, const profile::Profile& profile) {
  if (account.secret.kind != profile::SecretSource::Kind::kOauth) return nullptr;
  for (const profile::Issuer& issuer : profile.issuers)
    if (issuer.name == account.secret.value) return &issuer;
  return nullptr;
}

std::int64_t seconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace restante::fetch
