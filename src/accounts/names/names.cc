#include "accounts/names/names.h"

#include "base/ascii.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

/// C0, DEL, and C1 in UTF-8 (U+0080..U+009F): they drive terminals and break lines in logs.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_control(text[i])) return true;
    if (text[i] == '\xC2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0U)
      return true;
  }
  return false;
}

/// The characters of host names, IDN labels (UTF-8) and address literals.
bool is_domain_character(char c) {
  return is_alpha(c) || is_digit(c) || !is_ascii(c) ||
         // Whether such a domain exists is for the DNS to say; nothing in it may break a log or a
         // query.
         std::string_view("-._[]:").find(c) != std::string_view::npos;
}

Status check_domain(std::string_view domain) {
  if (domain.empty()) return Error(Errc::kSyntax, "empty domain");
  if (domain.size() > limits::kDomainBytesMax) return Error(Errc::kLimit, "domain is too long");
  if (domain.front() == '.' || domain.back() == '.' || domain.find("..") != std::string_view::npos)
    return Error(Errc::kSyntax, "empty label in domain");
  if (!std::all_of(domain.begin(), domain.end(), is_domain_character))
    return Error(Errc::kSyntax, "character that no domain can have");
  return ok();
}

Status check_account_length(std::string_view text) {
  // First, so that hostile input costs nothing.
  if (text.size() > limits::kUserNameBytesMax)
    return Error(Errc::kLimit, "an account's or alias's name has at most 320 octets");
  // Without a domain "text" is the local part alone.
  const std::size_t local_bytes = std::min(text.rfind('@'), text.size());
  if (local_bytes > limits::kLocalPartBytesMax)
    return Error(Errc::kLimit,
                 "the local part of an account's or alias's name has at most 64 octets, and this "
                 "one has " +
                     std::to_string(local_bytes) +
                     " (addresses with a longer subaddress reach the account all the same)");
  return ok();
}

Status check_characters(std::string_view text) {
  if (!is_utf8(text)) return Error(Errc::kSyntax, "not valid UTF-8");
  if (has_control(text)) return Error(Errc::kSyntax, "control character");
  return ok();
}

}  // namespace

Result<std::string> canonical_name(std::string_view text, const NameRules& rules) {
  RESTANTE_CHECKED(check_account_length(text));
  return canonical_address(text, rules);
}

Result<std::string> canonical_address(std::string_view text, const NameRules& rules) {
  if (text.size() > limits::kSmtpLineBytesMax) return Error(Errc::kLimit, "address is too long");
  RESTANTE_CHECKED(check_characters(text));
  // The last one: a quoted local part may hold others.
  const std::size_t at = text.rfind('@');
  const bool has_domain = at != std::string_view::npos;
  if (!has_domain && rules.default_domain.empty())
    return Error(Errc::kSyntax, "no domain, and no accounts.default_domain to complete it");
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = has_domain ? text.substr(at + 1) : rules.default_domain;
  if (local.empty()) return Error(Errc::kSyntax, "empty local part");
  RESTANTE_CHECKED(check_domain(domain));
  std::string name = rules.fold_local_part ? to_lower(local) : std::string(local);
  name += '@';
  // Names are compared in this form, and stored in it.
  name += to_lower(domain);
  return name;
}

Result<std::string> canonical_alias(std::string_view text, const NameRules& rules) {
  if (!text.starts_with('@')) return canonical_name(text, rules);
  const std::string_view domain = text.substr(1);
  RESTANTE_CHECKED(check_domain(domain));
  RESTANTE_CHECKED(check_characters(domain));
  return "@" + to_lower(domain);
}

std::string_view local_part_of(std::string_view name) { return name.substr(0, name.rfind('@')); }

std::string_view domain_of(std::string_view name) {
  const std::size_t at = name.rfind('@');
  return at == std::string_view::npos ? std::string_view() : name.substr(at + 1);
}

}  // namespace restante::accounts
