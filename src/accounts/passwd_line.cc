#include "accounts/passwd_line.h"

#include <algorithm>

#include "accounts/password.h"
#include "base/ascii.h"

namespace restante::accounts {
namespace {

/// Without CR and outer blanks; empty for a comment.
std::string_view content_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view text = trim(line);
  return text.starts_with('#') ? std::string_view() : text;
}

}  // namespace

Result<std::optional<PasswdLine>> parse_passwd_line(std::string_view line, const NameRules& rules) {
  const std::string_view text = content_of(line);
  if (text.empty()) return std::optional<PasswdLine>();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return Error(Errc::kSyntax, "no ':' after the name");
  const std::string_view rest = text.substr(colon + 1);
  const std::size_t secret_bytes = std::min(rest.find(':'), rest.size());
  const std::string_view secret = rest.substr(0, secret_bytes);
  PasswdLine parsed;
  RESTANTE_TRY(std::string name, canonical_name(text.substr(0, colon), rules));
  RESTANTE_CHECKED(check_secret(secret));
  RESTANTE_TRY(PasswdExtra extra,
               parse_passwd_extra(rest.substr(std::min(secret_bytes + 1, rest.size()))));
  parsed.extra = extra;
  parsed.name = std::move(name);
  parsed.secret = secret;
  return std::optional(std::move(parsed));
}

Result<std::optional<AliasLine>> parse_alias_line(std::string_view line, const NameRules& rules) {
  const std::string_view text = content_of(line);
  if (text.empty()) return std::optional<AliasLine>();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return Error(Errc::kSyntax, "no ':' after the address");
  AliasLine parsed;
  RESTANTE_TRY(std::string address, canonical_alias(trim(text.substr(0, colon)), rules));
  parsed.address = std::move(address);
  std::string_view rest = text.substr(colon + 1);
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    RESTANTE_TRY(std::string target, canonical_name(trim(rest.substr(0, comma)), rules));
    if (target == parsed.address) return Error(Errc::kSyntax, "an alias cannot lead to itself");
    if (std::find(parsed.targets.begin(), parsed.targets.end(), target) == parsed.targets.end())
      parsed.targets.push_back(std::move(target));
    if (more) rest.remove_prefix(comma + 1);
  }
  return std::optional(std::move(parsed));
}

}  // namespace restante::accounts
