#include "accounts/oauth/claims.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>

#include "base/ascii.h"

namespace restante::accounts::oauth {
namespace {

// Year 5138: a later time means nothing, and could overflow.
constexpr double kSecondsMax = 1e11;

Error refused(std::string_view why) { return Error(Errc::kAuth, "token " + std::string(why)); }

std::optional<double> seconds_in(const json::value& value, bool as_text) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (!as_text || !value.is_string()) return std::nullopt;
  const std::string_view text = value.get_string();
  double seconds = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return seconds;
}

/// A NumericDate (RFC 7519 s.2) to the second below; std::nullopt: not there. Errors: kAuth.
Result<std::optional<WallTime>> time_of(const json::object& claims, std::string_view name,
                                        bool as_text) {
  const json::value* const found = claims.if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr) return std::optional<WallTime>();
  const auto seconds = seconds_in(*found, as_text);
  if (!seconds) return refused("with a time that is no number");
  if (!std::isfinite(*seconds) || *seconds < 0 || *seconds > kSecondsMax)
    return refused("with a time out of range");
  return std::optional(WallTime(std::chrono::seconds(static_cast<std::int64_t>(*seconds))));
}

Result<WallTime> check_times(const json::object& claims, const ClaimRules& rules, WallTime now) {
  RESTANTE_TRY(const auto expires, time_of(claims, "exp", rules.times_as_text));
  RESTANTE_TRY(const auto not_before, time_of(claims, "nbf", rules.times_as_text));
  RESTANTE_TRY(const auto issued, time_of(claims, "iat", rules.times_as_text));
  // A token of keys without an end would be good for ever; at an introspection the issuer has
  // looked just now.
  if (!expires && rules.complete) return refused("without an end (exp)");
  if (expires && now >= *expires + rules.leeway) return refused("has expired (exp)");
  if (not_before && now + rules.leeway < *not_before) return refused("is not valid yet (nbf)");
  // A clock that is wrong on one of the two sides: such a token has been made by no one yet.
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
  // A complete token has to say who made it: one key may serve several issuers.
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

/// Names with blanks between (RFC 8693 s.4.2, RFC 9068 s.2.2.3), or a list of them.
bool grants(const json::object& claims, std::string_view claim, std::string_view word) {
  const json::value* const given =
      claims.if_contains(json::string_view(claim.data(), claim.size()));
  if (given == nullptr) return false;
  if (given->is_string()) return has_word(std::string_view(given->get_string()), word);
  if (!given->is_array()) return false;
  const json::array& list = given->get_array();
  return std::any_of(list.begin(), list.end(), [word](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == word;
  });
}

/// "scp" is how Microsoft Entra (a text) and Okta (a list) write it.
Status check_scope(const json::object& claims, std::string_view wanted) {
  while (!wanted.empty()) {
    const std::size_t end = std::min(wanted.find(' '), wanted.size());
    const std::string_view word = wanted.substr(0, end);
    if (!word.empty() && !grants(claims, "scope", word) && !grants(claims, "scp", word))
      return refused("without the scope");
    wanted.remove_prefix(std::min(end + 1, wanted.size()));
  }
  return ok();
}

/// Where email_verified is false, any user of the issuer may have written the address there (OpenID
/// Connect Core 1.0 s.5.1; some issuers write true as text).
Status check_name(const json::object& claims, const ClaimRules& rules) {
  if (rules.name_claim != "email") return ok();
  const json::value* const verified = claims.if_contains("email_verified");
  if (verified == nullptr || (verified->is_bool() && verified->get_bool())) return ok();
  // Absent counts as verified: issuers of one's own often leave it out.
  if (verified->is_string() && equals_ignore_case(std::string_view(verified->get_string()), "true"))
    return ok();
  return refused("with an address that the issuer has not verified (email_verified)");
}

}  // namespace

Result<Grant> check_claims(const json::object& claims, const ClaimRules& rules, WallTime now) {
  RESTANTE_CHECKED(check_parties(claims, rules));
  RESTANTE_CHECKED(check_scope(claims, rules.scope));
  // Behind the parties, so that a token for others is refused as such.
  Grant grant;
  RESTANTE_TRY(const WallTime expires, check_times(claims, rules, now));
  grant.expires = expires;
  const auto name = text_of(claims, rules.name_claim);
  if (!name || name->empty()) return refused("without a name (" + rules.name_claim + ")");
  RESTANTE_CHECKED(check_name(claims, rules));
  grant.name = *name;
  return grant;
}

}  // namespace restante::accounts::oauth
