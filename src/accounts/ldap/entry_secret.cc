#include "accounts/ldap/entry_secret.h"

#include "accounts/passwords/password.h"
#include "base/ascii.h"

namespace restante::accounts::ldap {
namespace {

/// Marks that tools put before a hash, or in its place, so that no password fits it.
bool is_locked(std::string_view value) {
  const std::size_t scheme_end = value.starts_with('{') ? value.find('}') : std::string_view::npos;
  const bool has_scheme = scheme_end != std::string_view::npos;
  const std::string_view data = has_scheme ? value.substr(scheme_end + 1) : value;
  // Without a scheme the text may be the password itself, which may begin with such a mark: only
  // whole marks count.
  if (!has_scheme) return data == "!" || data == "!!" || data == "*" || data.starts_with("!$");
  const bool is_clear = !clear_password(value).empty();
  return !is_clear && (data.starts_with('!') || data.starts_with('*'));
}

bool has_scheme(std::string_view value) {
  return value.starts_with('$') || !scheme_of(value).empty();
}

}  // namespace

EntrySecret secret_of(const Values& values, std::string_view attribute) {
  // userPassword may hold the password itself (RFC 4519 s.2.41); other attributes hold hashes.
  EntrySecret out;
  const bool may_be_clear = equals_ignore_case(attribute, "userPassword");
  std::string unknown;
  // An entry may have several secrets: one that can be used counts more than one that is locked.
  for (const std::string& value : values) {
    if (is_locked(value)) {
      out.locked = true;
      continue;
    }
    std::string secret = may_be_clear && !has_scheme(value) ? "{PLAIN}" + value : value;
    if (is_known_scheme(secret)) {
      out.secret = std::move(secret);
      out.locked = false;
      return out;
    }
    if (unknown.empty()) unknown = std::move(secret);
  }
  // Kept for the message: what no code here can check is a fault to be told.
  out.secret = std::move(unknown);
  out.locked = out.locked && out.secret.empty();
  return out;
}

}  // namespace restante::accounts::ldap
