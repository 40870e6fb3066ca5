#include "accounts/oauth/claims.h"

#include <boost/json/array.hpp>
#include <cmath>

namespace restante::accounts::oauth {
namespace {

// Year 5138: later ones overflow nothing, and mean nothing.
constexpr double kSecondsMax = 1e11;

Error refused(std::string_view why) { return Error(Errc::kAuth, "token " + std::string(why)); }

/// A NumericDate (RFC 7519 s.2) to the second below; std::nullopt: not there. Errors: kAuth.
Result<std::optional<WallTime>> time_of(const json::object& claims, std::string_view name) {
  const json::value* const found = claims.if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr) return std::optional<WallTime>();
  if (!found->is_number()) return refused("with a time that is no number");
  const double seconds = found->is_double()  ? found->get_double()
                         : found->is_int64() ? static_cast<double>(found->get_int64())
                                             : static_cast<double>(found->get_uint64());
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kSecondsMax)
    return refused("with a time out of range");
  return std::optional(WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds))));
}

Result<WallTime> check_times(const json::object& claims, const ClaimRules& rules, WallTime now) {
  RESTANTE_TRY(const auto expires, time_of(claims, "exp"));
  RESTANTE_TRY(const auto not_before, time_of(claims, "nbf"));
  RESTANTE_TRY(const auto issued, time_of(claims, "iat"));
  if (!expires && rules.complete) return refused("without an end (exp)");
  if (expires && now >= *expires + rules.leeway) return refused("has expired (exp)");
  if (not_before && now + rules.leeway < *not_before) return refused("is not valid yet (nbf)");
  if (issued && now + rules.leeway < *issued) return refused("is of the future (iat)");
  return expires ? *expires + rules.leeway : WallTime::max();
}

/// "aud" is one name or a list of them (RFC 7519 s.4.1.3).
bool is_for(const json::value& audience, std::string_view us) {
  if (audience.is_string()) return std::string_view(audience.get_string()) == us;
  if (!audience.is_array()) return false;
  const json::array& list = audience.get_array();
  return std::any_of(list.begin(), list.end(), [us](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == us;
  });
}

Status check_parties(const json::object& claims, const ClaimRules& rules) {
  const json::value* const issuer = claims.if_contains("iss");
  if (issuer == nullptr ? rules.complete : text_of(claims, "iss") != rules.issuer)
    return refused("of another issuer (iss)");
  if (rules.audience.empty()) return ok();
  const json::value* const audience = claims.if_contains("aud");
  if (audience == nullptr || !is_for(*audience, rules.audience))
    return refused("for another audience (aud)");
  return ok();
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// RFC 8693 s.4.2, RFC 9068 s.2.2.3: names with blanks between.
Status check_scope(const json::object& claims, std::string_view wanted) {
  const std::string_view given = text_of(claims, "scope").value_or("");
  while (!wanted.empty()) {
    const std::size_t end = std::min(wanted.find(' '), wanted.size());
    const std::string_view word = wanted.substr(0, end);
    if (!word.empty() && !has_word(given, word)) return refused("without the scope");
    wanted.remove_prefix(std::min(end + 1, wanted.size()));
  }
  return ok();
}

}  // namespace

Result<Grant> check_claims(const json::object& claims, const ClaimRules& rules, WallTime now) {
  RESTANTE_CHECKED(check_parties(claims, rules));
  RESTANTE_CHECKED(check_scope(claims, rules.scope));
  Grant grant;
  RESTANTE_TRY(const WallTime expires, check_times(claims, rules, now));
  grant.expires = expires;
  const auto name = text_of(claims, rules.name_claim);
  if (!name || name->empty()) return refused("without a name (" + rules.name_claim + ")");
  grant.name = *name;
  return grant;
}

}  // namespace restante::accounts::oauth
