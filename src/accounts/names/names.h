// Canonical names: what a person types as login name or address becomes the one spelling that
// accounts, aliases and maildrops are found by.
//
// The domain is folded (ASCII), the local part by setting. Characters that other programs treat
// specially (%, quotes, blanks, /) are just data here. Weak: no Unicode normalisation or folding,
// so two spellings of one accented name are two names.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts {

struct NameRules {
  NameRules() = default;
  NameRules(std::string domain, bool fold)
      : default_domain(std::move(domain)), fold_local_part(fold) {}

  std::string default_domain;   ///< Completes a name without a domain; may be empty.
  bool fold_local_part = true;  ///< "Alice" is "alice" (RFC 5321 s.2.4 leaves that to us).
};

/// "local@domain" in its one spelling; applying it twice changes nothing. The last @ divides, so a
/// local part may hold others. Errors: kSyntax (empty part, control character, invalid UTF-8, a
/// domain that cannot be one, no domain and no default), kLimit (longer than limits.h allows).
Result<std::string> canonical_name(std::string_view text, const NameRules& rules);

/// The same for an address of the envelope, which may be as long as a line: a subaddress may hold a
/// long token. Errors: kSyntax, kLimit (the domain).
Result<std::string> canonical_address(std::string_view text, const NameRules& rules);

/// As canonical_name(), and "@domain", which stands for every other address of the domain (the
/// catch-all).
Result<std::string> canonical_alias(std::string_view text, const NameRules& rules);

/// What is before the last @ of a canonical name.
std::string_view local_part_of(std::string_view name);
/// What is after the last @ of a canonical name.
std::string_view domain_of(std::string_view name);

}  // namespace restante::accounts
