#include "accounts/passwd_file/passwd_line.h"

#include <algorithm>

#include "accounts/passwords/password.h"
#include "base/ascii.h"

namespace restante::accounts {
namespace {

/// Without CR and outer blanks; empty for a comment.
std::string_view content_of(std::string_view line) {
  // A file that was written on Windows.
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view text = trim(line);
  return text.starts_with('#') ? std::string_view() : text;
}

/// Nothing to compare with: no password, shadow(5)'s "*", or passwd -l's "!" before it.
bool is_locked(std::string_view secret) {
  return secret.empty() || secret.starts_with('!') || secret.starts_with('*');
}

}  // namespace

std::string_view without_bom(std::string_view text) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  return text;
}

Result<std::optional<PasswdLine>> parse_passwd_line(std::string_view line, const NameRules& rules,
                                                    IgnoredFields* ignored) {
  const std::string_view text = content_of(line);
  if (text.empty()) return std::optional<PasswdLine>();
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view rest = text.substr(std::min(colon + 1, text.size()));
  const std::size_t secret_bytes = std::min(rest.find(':'), rest.size());
  PasswdLine parsed;
  RESTANTE_TRY(std::string name, canonical_name(text.substr(0, colon), rules));
  parsed.name = std::move(name);
  parsed.secret = rest.substr(0, secret_bytes);
  // Kept as an account with a fault: its mail must not bounce for a slip of the operator's.
  if (colon == text.size()) {
    parsed.fault = "no ':' after the name";
    return std::optional(std::move(parsed));
  }
  parsed.is_locked = is_locked(parsed.secret);
  const Status known = parsed.is_locked ? ok() : check_secret(parsed.secret);
  if (!known) parsed.fault = known.error().detail;
  // A secret that cannot be used is not kept in memory.
  if (!known || parsed.is_locked) parsed.secret.clear();
  auto extra = parse_passwd_extra(rest.substr(std::min(secret_bytes + 1, rest.size())), ignored);
  if (extra)
    parsed.extra = std::move(*extra);
  else
    parsed.fault = extra.error().detail;
  parsed.is_secret_unknown = !known && extra;
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
    // It would go round.
    if (target == parsed.address) return Error(Errc::kSyntax, "an alias cannot lead to itself");
    if (std::find(parsed.targets.begin(), parsed.targets.end(), target) == parsed.targets.end())
      parsed.targets.push_back(std::move(target));
    if (more) rest.remove_prefix(comma + 1);
  }
  return std::optional(std::move(parsed));
}

}  // namespace restante::accounts
