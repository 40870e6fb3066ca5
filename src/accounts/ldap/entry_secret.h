// The password of an entry, for those that Restante compares itself: which of its values counts,
// and what the others mean. Pure.
#pragma once

#include <string>
#include <string_view>

#include "accounts/ldap/entry.h"

namespace restante::accounts::ldap {

struct EntrySecret {
  std::string secret;   ///< The first that can be verified, else the first of all; may be empty.
  bool locked = false;  ///< There is nothing to compare with, on purpose: "{SSHA}!…", "!", "*".
};

/// In userPassword a value without a scheme is the password itself (RFC 4519 s.2.41); in another
/// attribute it can be anything, and is not verified.
EntrySecret secret_of(const Values& values, std::string_view attribute);

}  // namespace restante::accounts::ldap
