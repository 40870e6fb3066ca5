// Settings that are put together from several tables of the configuration, for the server and for
// restantectl: both must mean the same by it.
#pragma once

#include "accounts/chain/open.h"
#include "accounts/login/authenticator.h"
#include "accounts/login/scram_keyring.h"
#include "accounts/oauth/verifier.h"
#include "accounts/router.h"
#include "maildrop/settings.h"
#include "server/settings/config.h"

namespace restante::server {

accounts::AuthenticatorSettings authenticator_settings(const settings::Config& config);
accounts::oauth::OauthSettings oauth_settings(const settings::Config& config);
accounts::ScramSettings scram_settings(const settings::Config& config, SecretString salt_key);
accounts::RouterSettings router_settings(const settings::Config& config);
/// Without a reporter; by the machine's clock.
maildrop::StoreSettings store_settings(const settings::Config& config);

}  // namespace restante::server
