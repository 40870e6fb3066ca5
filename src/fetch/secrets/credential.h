// What a login proves itself by.
#pragma once

#include "base/secret_string.h"
#include "sasl/mechanism_table.h"

namespace restante::fetch {

struct Credential {
  SecretString secret;  ///< Password or token; empty for a certificate.
  sasl::CredentialKind kind = sasl::CredentialKind::kPassword;
};

}  // namespace restante::fetch
