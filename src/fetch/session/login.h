// Logging in, by the best way that the account, the server and the channel allow (RFC 5034): SASL
// in two steps, which every server understands; the initial response with the command only for
// tokens where a server refuses the two steps; USER and PASS last. A secret in clear goes over TLS
// or to this machine only.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"
#include "fetch/session/dialogue.h"
#include "pop3/client_capabilities.h"
#include "profile/profile.h"
#include "sasl/choose_mechanism.h"

namespace restante::fetch {

struct LoginOptions {
  LoginOptions(const profile::Account& a, const SecretString& s) : account(a), secret(s) {}
  const profile::Account& account;
  const SecretString& secret;  ///< Password or token.
  sasl::CredentialKind kind = sasl::CredentialKind::kPassword;
  std::string greeting;  ///< With the timestamp for APOP, if there is one.
};

/// What an account and its secret cannot be: Errors: kSyntax (a line break or a NUL in them).
Status check_login(const LoginOptions& options);

/// How we came in: "SCRAM-SHA-256-PLUS", "USER", "APOP". Errors: kAuth (refused, or no way in that
/// is safe), kBusy, and those of Dialogue.
Result<std::string> log_in(Dialogue& dialogue, const pop3::Capabilities& capabilities,
                           const LoginOptions& options);

/// What log_in() would try first, without trying: its name. Errors: kAuth.
Result<std::string> choose_login(Dialogue& dialogue, const pop3::Capabilities& capabilities,
                                 const LoginOptions& options);

}  // namespace restante::fetch
