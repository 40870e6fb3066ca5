// The login of an account that lives elsewhere: first the rules that hold here for every login,
// then its server is asked.
#pragma once

#include "net/asio.h"
#include "server/login/login.h"
#include "server/login/whereabouts.h"

namespace restante::server {

/// The refusal of a login whose password another server has to judge, before that is asked; none:
/// it may be asked.
std::optional<LoginOutcome> refuse_elsewhere(SessionContext& context,
                                             const pop3::Credentials& credentials,
                                             const Whereabouts& where);

/// As log_in(). The references outlive the coroutine.
net::Task<LoginOutcome> log_in_elsewhere(SessionContext& context,
                                         const pop3::Credentials& credentials, Whereabouts where);

/// ok(): this account, whose proof was right, is here. Errors: kAuth (elsewhere, and nothing but a
/// password opens its maildrop there), kTimeout (it is being moved here), kState (its route is not
/// configured).
Status check_here(const Services& services, const accounts::Account& account);

}  // namespace restante::server
