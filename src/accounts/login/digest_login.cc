#include "accounts/login/digest_login.h"

#include "accounts/login/login_name.h"
#include "accounts/passwords/cram_md5_secret.h"
#include "accounts/passwords/password.h"
#include "sasl/crypto.h"

namespace restante::accounts {
namespace {

/// The key of the digest, as far as the secret has it for this kind.
SecretString key_of(const DigestAttempt& attempt, const Account& account) {
  if (attempt.kind == DigestAttempt::Kind::kCramMd5) return digest_states(account.secret);
  return clear_password(account.secret);
}

Result<std::string> expected_digest(const DigestAttempt& attempt, const SecretString& key) {
  if (attempt.kind == DigestAttempt::Kind::kCramMd5)
    // Without a key one of an empty password is computed with, which costs the same.
    return cram_md5_answer(key.empty() ? cram_md5_states({}) : key, attempt.challenge);
  std::string text = attempt.challenge + std::string(key.view());
  auto digest = sasl::md5_hex(text);
  wipe(text);
  return digest;
}

}  // namespace

Result<Account> check_digest(Directory& directory, const NameRules& rules,
                             const DigestAttempt& attempt) {
  auto account = find_login(directory, attempt.name, rules);
  if (!account && account.error().code != Errc::kNotFound) return std::move(account).error();
  // Computed for unknown names, too, so that the time is the same.
  const SecretString key = account ? key_of(attempt, *account) : SecretString();
  const auto expected = expected_digest(attempt, key);
  if (!expected) return Error(Errc::kIo, expected.error().detail);
  const bool same = sasl::same_bytes(*expected, attempt.digest);
  // Told to the operator with right and wrong digests alike.
  if (account && !account->allows(attempt.peer)) return admit(*account, attempt.peer).error();
  // A secret that is stored as a hash gives no digest at all, and the answer is the same.
  if (!same || key.empty()) return Error(Errc::kAuth, "wrong digest, or none is possible");
  RESTANTE_CHECKED(admit(*account, attempt.peer));
  return account;
}

}  // namespace restante::accounts
