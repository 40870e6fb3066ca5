// The keys of [auth] for new secrets.
#pragma once

#include "accounts/passwords/password.h"
#include "config/keys_fwd.h"

namespace restante::accounts {

const config::Keys<SecretSettings>& secret_keys();

}  // namespace restante::accounts
