#include "accounts/digest_login.h"

#include "accounts/login_name.h"
#include "accounts/password.h"
#include "sasl/crypto.h"

namespace restante::accounts {
namespace {

Result<std::string> expected_digest(const DigestAttempt& attempt, std::string_view password) {
  if (attempt.kind == DigestAttempt::Kind::kCramMd5)
    return sasl::hmac_md5_hex(password, attempt.challenge);
  std::string text = attempt.challenge + std::string(password);
  auto digest = sasl::md5_hex(text);
  wipe(text);
  return digest;
}

}  // namespace

Result<Account> check_digest(Directory& directory, const NameRules& rules,
                             const DigestAttempt& attempt) {
  auto account = find_login(directory, attempt.name, rules);
  if (!account && account.error().code != Errc::kNotFound) return std::move(account).error();
  // Computed for whoever asks, so that the time is the same.
  const SecretString password = account ? clear_password(account->secret) : SecretString();
  const auto expected = expected_digest(attempt, password);
  if (!expected) return Error(Errc::kIo, expected.error().detail);
  const bool same = sasl::same_bytes(*expected, attempt.digest);
  if (!same || password.empty()) return Error(Errc::kAuth, "wrong digest, or none is possible");
  if (!account->may_log_in()) return Error(Errc::kAuth, "account is disabled: " + account->name);
  return account;
}

}  // namespace restante::accounts
