// APOP (RFC 1939 s.7): the client sends MD5(timestamp + secret). Broken by design (CVE-2007-1558)
// and only possible where the secret is kept in the clear; behind a setting that is off by default.
#pragma once

#include <string>

#include "accounts/directory.h"
#include "accounts/names.h"
#include "base/result.h"

namespace restante::accounts {

struct ApopAttempt {
  ApopAttempt(std::string n, std::string t, std::string d)
      : name(std::move(n)), timestamp(std::move(t)), digest(std::move(d)) {}

  std::string name;
  std::string timestamp;  ///< As in the greeting, with its <>.
  std::string digest;     ///< 32 lower-case hexadecimal digits.
};

/// The account when the digest is right for its {PLAIN} secret. Errors: kAuth (unknown, disabled,
/// wrong, or a secret that is hashed: not told apart), kIo.
Result<Account> check_apop(Directory& directory, const NameRules& rules,
                           const ApopAttempt& attempt);

}  // namespace restante::accounts
