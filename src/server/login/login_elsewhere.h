// The login of an account that lives elsewhere: first the rules that hold here for every login,
// then its server is asked.
#pragma once

#include "net/asio.h"
#include "server/login/login.h"
#include "server/login/whereabouts.h"

namespace restante::server {

/// As log_in(). The references outlive the coroutine.
net::Task<LoginOutcome> log_in_elsewhere(SessionContext& context,
                                         const pop3::Credentials& credentials, Whereabouts where);

/// ok(): this account, whose proof was right, is here. Errors: kAuth (elsewhere, and nothing but a
/// password opens its maildrop there), kState (its route is not configured).
Status check_here(const Services& services, const accounts::Account& account);

}  // namespace restante::server
