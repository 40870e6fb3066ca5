#include "accounts/oauth/introspection.h"

#include <sodium.h>

#include <cstring>

#include "accounts/passwords/password.h"
#include "base/ascii.h"
#include "base/leftovers.h"

namespace restante::accounts::oauth {
namespace {

/// Some issuers write it as text, like all that they store; std::nullopt: it is neither.
std::optional<bool> active_in(const json::object& answer) {
  const json::value* const active = answer.if_contains("active");
  if (active == nullptr) return std::nullopt;
  if (active->is_bool()) return active->get_bool();
  if (!active->is_string()) return std::nullopt;
  const std::string_view text = active->get_string();
  if (equals_ignore_case(text, "true")) return true;
  if (equals_ignore_case(text, "false")) return false;
  return std::nullopt;
}

}  // namespace

Result<Grant> parse_introspection(std::string_view text, const ClaimRules& rules, WallTime now) {
  RESTANTE_TRY(const json::object answer, parse_object(text, kIntrospectionBytesMax));
  const auto active = active_in(answer);
  if (!active) return Error(Errc::kSyntax, "an introspection response needs \"active\"");
  // Revoked, run out or never made: the issuer does not say which (RFC 7662 s.2.2).
  if (!*active) return Error(Errc::kAuth, "token is not active");
  ClaimRules partial = rules;
  partial.complete = false;  // RFC 7662 s.2.2: all but "active" are optional.
  partial.times_as_text = true;
  return check_claims(answer, partial, now);
}

Introspector::Introspector(PacedFetcher& paced, const Clock& clock, IntrospectionSettings settings)
    : paced_(paced), clock_(clock), settings_(std::move(settings)) {
  randombytes_buf(key_.data(), key_.size());
}

Introspector::~Introspector() {
  sodium_memzero(key_.data(), key_.size());
  wipe(settings_.client_secret);
}

std::size_t Introspector::TagHash::operator()(const Tag& tag) const {
  std::size_t hash = 0;
  std::memcpy(&hash, tag.data(), sizeof(hash));
  return hash;
}

// Keyed, so that the memory holds nothing that a token could be tested by elsewhere.
Introspector::Tag Introspector::tag_of(std::string_view token) const {
  Tag tag{};
  crypto_generichash(tag.data(), tag.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), key_.data(), key_.size());
  wipe_stack();
  return tag;
}

std::optional<Grant> Introspector::remembered(const Tag& tag, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = cache_.find(tag);
  if (found == cache_.end()) return std::nullopt;
  const Entry& entry = found->second;
  // Never longer than the token itself.
  const bool fresh = now >= entry.asked && now - entry.asked < settings_.cache_age_max &&
                     now < entry.grant.expires;
  if (fresh) return entry.grant;
  cache_.erase(found);
  return std::nullopt;
}

void Introspector::remember(const Tag& tag, const Grant& grant, WallTime now) {
  if (settings_.cache_age_max.count() == 0 || settings_.cache_entries_max == 0) return;
  const std::lock_guard lock(mutex_);
  // All at once: an entry costs one question.
  if (cache_.size() >= settings_.cache_entries_max) cache_.clear();
  cache_.insert_or_assign(tag, Entry{grant, now});
}

Result<Grant> Introspector::ask(std::string_view token, const ClaimRules& rules) {
  const Tag tag = tag_of(token);
  const WallTime now = clock_.now();
  if (auto known = remembered(tag, now)) return std::move(*known);
  HttpRequest request;
  request.url = settings_.url;
  // RFC 7662 s.2.1; the words of Basic are escaped first (RFC 6749 s.2.3.1).
  std::string escaped = form_escaped(token);
  request.form = "token_type_hint=access_token&token=" + escaped;
  request.user = form_escaped(settings_.client_id);
  request.password = form_escaped(settings_.client_secret);
  auto answer = paced_.fetch(request);
  wipe(escaped);
  wipe(request.form);
  wipe(request.password);
  if (!answer) return std::move(answer).error();
  auto grant = parse_introspection(*answer, rules, now);
  if (grant) remember(tag, *grant, now);
  // An answer that is none is the issuer's trouble, and no verdict over the token.
  if (!grant && grant.error().code != Errc::kAuth)
    return Error(Errc::kIo, settings_.url + ": " + grant.error().detail);
  return grant;
}

}  // namespace restante::accounts::oauth
