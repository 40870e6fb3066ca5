#include "accounts/apop.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <array>
#include <iterator>

#include "base/ascii.h"

namespace restante::accounts {
namespace {

std::string md5_hex(const std::string& text) {
  std::array<unsigned char, 16> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
    return {};
  std::string out;
  for (const unsigned char byte : digest) fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

std::string clear_secret(const std::string& secret) {
  for (const std::string_view scheme : {"{PLAIN}", "{CLEARTEXT}"})
    if (starts_with_ignore_case(secret, scheme)) return secret.substr(scheme.size());
  return {};
}

}  // namespace

Result<Account> check_apop(Directory& directory, const NameRules& rules,
                           const ApopAttempt& attempt) {
  const Error wrong(Errc::kAuth, "APOP");
  const auto name = canonical_name(attempt.name, rules);
  if (!name) return wrong;
  auto account = directory.find(*name);
  if (!account && account.error().code == Errc::kNotFound) return wrong;
  if (!account) return std::move(account).error();
  std::string secret = clear_secret(account->secret);
  const std::string expected = md5_hex(attempt.timestamp + secret);
  const bool right = !secret.empty() && account->enabled && expected.size() == 32 &&
                     attempt.digest.size() == expected.size() &&
                     sodium_memcmp(expected.data(), attempt.digest.data(), expected.size()) == 0;
  sodium_memzero(secret.data(), secret.size());
  if (!right) return wrong;
  return account;
}

}  // namespace restante::accounts
