// A token's header, its claims, a key set and a whole token, a line each: never a crash; a
// forbidden algorithm in the header never fits a key, a changed token never verifies, and an
// accepted one has a name and time left.

#include <cstdint>
#include <string_view>

#include "accounts/oauth/introspection.h"
#include "accounts/oauth/jwt.h"
#include "accounts/oauth/test_issuer.h"
#include "base/check.h"

namespace {

using namespace restante;
using namespace restante::accounts::oauth;

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

void check_token(const std::string& text, const Jwks& keys) {
  const auto token = parse_jwt(text);
  if (!token) return;
  for (const Jwk& key : keys) {
    if (!token->algorithm.starts_with("RS") && !token->algorithm.starts_with("PS") &&
        !token->algorithm.starts_with("ES") && token->algorithm != "EdDSA")
      RESTANTE_CHECK(!fits(key, *token));
    if (!verify_signature(*token, key)) continue;
    std::string changed = text;
    changed.insert(changed.find('.') + 1, "AAAA");
    const auto other = parse_jwt(changed);
    RESTANTE_CHECK(!other || !verify_signature(*other, key));
  }
}

void check_grant(const Result<Grant>& grant) {
  if (!grant) return;
  RESTANTE_CHECK(!grant->name.empty());
  RESTANTE_CHECK(grant->expires > kNow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view header = take_line(rest);
  const std::string_view claims = take_line(rest);
  const std::string_view key_text = take_line(rest);
  const Jwks keys = parse_jwks(key_text).value_or(Jwks());
  RESTANTE_CHECK(keys.size() <= kJwksKeysMax);
  check_token(base64url(header) + '.' + base64url(claims) + ".AAAA", keys);
  check_token(std::string(rest), keys);
  ClaimRules rules;
  rules.issuer = "https://id.x.test";
  rules.audience = "mail";
  rules.scope = "pop3";
  if (const auto object = parse_object(claims, kTokenBytesMax))
    check_grant(check_claims(*object, rules, kNow));
  rules.audience.clear();
  rules.scope.clear();
  check_grant(parse_introspection(claims, rules, kNow));
  return 0;
}
