#include "accounts/login/scram_keyring.h"

#include <fstream>

#include "accounts/login/login_name.h"
#include "accounts/passwords/password.h"
#include "accounts/passwords/scram_secret.h"
#include "files/errors.h"
#include "files/new_file.h"
#include "sasl/crypto.h"
#include "sasl/prepare.h"

namespace restante::accounts {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kSaltKeyBytes = 32;

/// As a client prepares it (SASLprep); unchanged where SASLprep refuses it.
SecretString prepared(std::string_view password) {
  auto done = sasl::prepare(password);
  if (!done) return SecretString(password);
  SecretString out(*done);
  wipe(*done);
  return out;
}

Result<SecretString> read_salt_key(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  // One octet more, so that a longer file is seen.
  std::string bytes(kSaltKeyBytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad() || !in.is_open()) return Error(Errc::kIo, file.string() + ": cannot be read");
  if (in.gcount() != static_cast<std::streamsize>(kSaltKeyBytes))
    return Error(Errc::kCorrupt, file.string() +
                                     ": is not 32 bytes; remove it, and a new one is "
                                     "made at the next start");
  SecretString key(std::string_view(bytes).substr(0, kSaltKeyBytes));
  wipe(bytes);
  return key;
}

}  // namespace

std::string ScramKeyring::salt_of(sasl::Hash hash, std::string_view name) const {
  // By hash, so that the two mechanisms do not share keys; by name, so that a table made for one
  // account is of no use for the next.
  const std::string text = std::string(sasl::scram_name(hash)) + '\0' + std::string(name);
  return sasl::hmac(sasl::Hash::kSha256, settings_.salt_key, text).substr(0, kSaltBytes);
}

Result<ScramAnswer> ScramKeyring::keys(sasl::Hash hash, std::string_view name,
                                       std::string_view peer) {
  auto account = find_login(directory_, name, settings_.names);
  if (!account && account.error().code != Errc::kNotFound) return std::move(account).error();
  // One salt for all spellings, as an account's would be.
  // The same for a name that does not exist: a client that asks twice must not see a difference.
  const std::string salt =
      salt_of(hash, login_key(account ? account->name : name, settings_.names));
  const SecretString clear = account ? prepared(clear_password(account->secret)) : SecretString();
  // This password is derived from a secret of the server, and cannot be guessed from the salt.
  std::string nobodys = sasl::hmac(sasl::Hash::kSha256, settings_.salt_key, "nobody's" + salt);
  ScramAnswer answer;
  const bool usable = account && account->may_log_in(peer);
  // Derived in each case, also when stored keys replace them: the time must not tell.
  answer.keys = sasl::derive_scram_keys(
      hash, usable && !clear.empty() ? clear.view() : std::string_view(nobodys), salt,
      settings_.iterations);
  wipe(nobodys);
  auto stored = account ? scram_keys_of(hash, account->secret) : std::nullopt;
  const bool has_secret = stored || !clear.empty();
  if (stored && usable) {
    answer.keys = *std::move(stored);
  } else if (stored) {
    // The salt that the client knows, so that it cannot tell that the account was disabled.
    answer.keys.salt = std::move(stored->salt);
    answer.keys.iterations = stored->iterations;
  }
  // For the log alone.
  if (account && !usable) answer.barred = accounts::admit(*account, peer).error().detail;
  if (usable && has_secret) {
    answer.account = account->name;
    answer.asked = name;
    // The spelling that was asked for is asked again at the end, since the account may have
    // changed.
    answer.secret = SecretString(account->secret);
  }
  return answer;
}

Result<Account> ScramKeyring::admit(const ScramAnswer& answer, std::string_view peer) {
  const Error wrong(Errc::kAuth, "SCRAM: no such account, or it changed meanwhile");
  if (answer.account.empty()) return wrong;
  auto account = find_login(directory_, answer.asked, settings_.names);
  // It has gone since the exchange began.
  if (!account && account.error().code == Errc::kNotFound) return wrong;
  if (!account) return account;
  // A password that was changed during the exchange is no longer proved.
  const bool is_same = account->name == answer.account && account->secret == answer.secret.view();
  if (!account->may_log_in(peer) || !is_same) return wrong;
  return account;
}

Result<SecretString> ensure_salt_key(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return read_salt_key(file);
  RESTANTE_TRY(auto fresh, files::as_io(files::NewFile::make(file)));
  // 24 characters each of 18 random octets: more than the 32 that are kept.
  std::string bytes = sasl::make_nonce() + sasl::make_nonce();
  bytes.resize(kSaltKeyBytes);
  const Status filled = fresh.fill(bytes);
  wipe(bytes);
  RESTANTE_CHECKED(files::as_io(filled));
  // When another process was there first, its key counts.
  RESTANTE_CHECKED(files::as_io(fresh.publish()));
  return read_salt_key(file);
}

}  // namespace restante::accounts
