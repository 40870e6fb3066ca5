// The access token of an account: the one that is kept while it lives, a new one by the refresh
// token when it does not (RFC 6749 s.6).
#pragma once

#include "base/result.h"
#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "profile/profile.h"

namespace restante::fetch {

/// A token that lives for another minute at least. Errors: kAuth (no login yet, or the issuer wants
/// it anew: the detail says how), and as TokenStore and ask_for_tokens() say.
Result<SecretString> access_token(const profile::Account& account, const profile::Profile& profile,
                                  const net::StopSignal& stop);

/// The issuer that the account names; null when it uses none. The configuration's reader has seen
/// to it that there is one.
const profile::Issuer* issuer_of(const profile::Account& account, const profile::Profile& profile);

/// Seconds since 1970.
std::int64_t seconds_now();

}  // namespace restante::fetch
