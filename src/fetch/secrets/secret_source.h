// Where an account's password or token comes from, asked anew for each session: so a password that
// was changed, and a token that has run out, are known without a restart.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "fetch/secrets/credential.h"
#include "profile/profile.h"

namespace restante::fetch {

/// Asks a person; kState when there is none.
using AskPerson = std::function<Result<SecretString>(const std::string& prompt)>;

/// What the sources need besides the account. All of it outlives the call.
struct SecretContext {
  const profile::Profile& profile;
  const net::StopSignal& stop;
  AskPerson ask;
};

/// Errors: kAuth (the command, the keyring or the issuer refuses, there is no such program or file,
/// no terminal to ask at: the detail says what to do), kState (stop was raised), kTimeout, kLimit,
/// kSyntax (an empty one), kIo. No detail has a secret in it.
Result<Credential> credential_of(const profile::Account& account, const SecretContext& context);

/// The first line of a file that only its owner may read. Errors: kAuth (it is not there, or others
/// may read it), kSyntax (it is empty), kIo.
Result<SecretString> read_secret_file(const std::string& path);

/// The attributes under which secret-tool keeps a password: those of mpop and msmtp.
std::vector<std::string> keyring_attributes(const profile::Account& account);

}  // namespace restante::fetch
