#include "fetch/secrets/secret_source.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "base/limits.h"
#include "fetch/secrets/oauth_token.h"
#include "fetch/secrets/secret_command.h"
#include "files/file.h"

namespace restante::fetch {
namespace {

using profile::Account;
using profile::SecretSource;
using Kind = SecretSource::Kind;

Result<SecretString> not_empty(Result<SecretString> secret, const std::string& what) {
  // A server that is asked with an empty password counts a failed login, and some lock the account.
  if (secret && secret->empty()) return Error(Errc::kSyntax, what + " gave an empty line");
  return secret;
}

Result<SecretString> from_command(const Account& account, const SecretContext& context) {
  const bool token = account.secret.kind == Kind::kTokenCommand;
  SecretCommand command;
  command.words = shell_words(account.secret.value, account.secret.command);
  command.name =
      fmt::format("{} of {}", token ? "token_command" : "password_command", account.name);
  RESTANTE_TRY(const SecretString text, run_secret_command(command, context.stop));
  return not_empty(first_line(text), command.name);
}

Result<SecretString> from_keyring(const Account& account, const SecretContext& context) {
  SecretCommand command;
  command.words = {"secret-tool", "lookup"};
  for (std::string& word : keyring_attributes(account)) command.words.push_back(std::move(word));
  command.name = fmt::format("the keyring (secret-tool) for {}", account.name);
  command.takes_stderr = true;
  const auto text = run_secret_command(command, context.stop);
  if (text) return not_empty(first_line(*text), command.name);
  if (text.error().code != Errc::kNotFound) return text.error();
  return Error(Errc::kAuth,
               fmt::format("the keyring has no password for {}; put it there: secret-tool store "
                           "--label=restante host {} service pop3 user {}",
                           account.name, account.host, account.user));
}

Result<SecretString> from_person(const Account& account, const SecretContext& context) {
  if (!context.ask)
    return Error(Errc::kAuth, fmt::format("{}: no terminal to ask for the password; configure "
                                          "password_command, password_file or keyring",
                                          account.name));
  return context.ask(fmt::format("Password of {} at {}: ", account.user, account.host));
}

Result<SecretString> secret_of(const Account& account, const SecretContext& context) {
  switch (account.secret.kind) {
    case Kind::kNone: return SecretString();
    case Kind::kInline: return account.secret.text;
    case Kind::kCommand:
    case Kind::kTokenCommand: return from_command(account, context);
    case Kind::kFile: return read_secret_file(account.secret.value);
    case Kind::kKeyring: return from_keyring(account, context);
    case Kind::kPrompt: return from_person(account, context);
    case Kind::kOauth: return access_token(account, context.profile, context.stop);
  }
  return Error(Errc::kState, "no source of a secret");
}

}  // namespace

Result<Credential> credential_of(const Account& account, const SecretContext& context) {
  RESTANTE_TRY(SecretString secret, secret_of(account, context));
  Credential credential;
  credential.secret = std::move(secret);
  if (account.secret.is_token()) credential.kind = sasl::CredentialKind::kToken;
  if (account.secret.kind == Kind::kNone) credential.kind = sasl::CredentialKind::kCertificate;
  return credential;
}

Result<SecretString> read_secret_file(const std::string& path) {
  const std::string name = "password_file " + path;
  const files::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) {
    const int number = errno;
    Error error = files::io_error(name, number);
    // It waits for its owner, who has to write the file: the run is not tried again by itself.
    if (number == ENOENT) error.code = Errc::kAuth;
    return error;
  }
  RESTANTE_TRY(const SecretString all,
               files::read_private(file, limits::kPasswordBytesMax + 2, name));
  return not_empty(first_line(all), name);
}

std::vector<std::string> keyring_attributes(const Account& account) {
  return {"host", account.host, "service", "pop3", "user", account.user};
}

}  // namespace restante::fetch
