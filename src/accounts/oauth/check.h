// Whether [oauth] can work: by itself, and by asking the issuer.
#pragma once

#include "accounts/key_fault.h"
#include "accounts/oauth/verifier.h"
#include "base/clock.h"

namespace restante::accounts::oauth {

/// Addresses that cannot be read, and a secret that is not there. Asks no server.
KeyFaults check_settings(const OauthSettings& settings);

/// Fetches or reads the keys, and asks about a token that was never issued. Waits as long as the
/// settings say.
KeyFaults ask(const OauthSettings& settings, const Clock& clock);
/// The same over a network of the tests'.
KeyFaults ask(const OauthSettings& settings, const Clock& clock, Fetcher& network);

}  // namespace restante::accounts::oauth
