// From the configuration to the settings of the back ends, for the server and for restantectl: both
// must mean the same by it.
#pragma once

#include "accounts/chain/open.h"
#include "accounts/login/authenticator.h"
#include "accounts/login/scram_keyring.h"
#include "accounts/names/names.h"
#include "accounts/oauth/verifier.h"
#include "accounts/passwords/password.h"
#include "accounts/router.h"
#include "config/config.h"
#include "maildrop/settings.h"

namespace restante::server {

accounts::NameRules name_rules(const config::Config& config);
/// Without a reporter.
accounts::BackendSettings backend_settings(const config::Config& config);
accounts::AuthenticatorSettings authenticator_settings(const config::Config& config);
accounts::oauth::OauthSettings oauth_settings(const config::Config& config);
accounts::ScramSettings scram_settings(const config::Config& config, SecretString salt_key);
accounts::SecretSettings secret_settings(const config::Auth& auth);
accounts::RouterSettings router_settings(const config::Config& config);
/// Without a reporter; by the machine's clock.
maildrop::StoreSettings store_settings(const config::Config& config);

}  // namespace restante::server
