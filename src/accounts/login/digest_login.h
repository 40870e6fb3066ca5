// APOP (RFC 1939 s.7) and CRAM-MD5 (RFC 2195): the client sends a digest of what the server said
// and its password. Both are broken by design (CVE-2007-1558 for one) and only possible where the
// secret is kept in the clear or, for CRAM-MD5, as {CRAM-MD5}; off by default.
#pragma once

#include <string>

#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "base/result.h"

namespace restante::accounts {

struct DigestAttempt {
  enum class Kind : std::uint8_t { kApop, kCramMd5 };
  DigestAttempt(Kind k, std::string n, std::string c, std::string d)
      : kind(k), name(std::move(n)), challenge(std::move(c)), digest(std::move(d)) {}

  Kind kind;
  std::string name;
  std::string challenge;  ///< APOP: the greeting's timestamp, with its <>.
  std::string digest;     ///< 32 lower-case hexadecimal digits.
  std::string peer{};     ///< The client's IP address; empty: a Unix socket.
};

/// The account when the digest is right for its {PLAIN} or {CRAM-MD5} secret. May wait as it does.
/// Errors: kAuth (unknown, disabled, wrong, or a secret that is hashed: not told apart), kIo.
Result<Account> check_digest(Directory& directory, const NameRules& rules,
                             const DigestAttempt& attempt);

}  // namespace restante::accounts
