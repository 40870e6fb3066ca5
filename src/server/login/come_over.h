// The login of a user who comes over from another server ([migrate] on_login), from the question
// there to the mail here. The limits have let it through.
#pragma once

#include <optional>

#include "net/asio.h"
#include "server/login/login.h"
#include "server/login/whereabouts.h"

namespace restante::server {

/// nullopt: go on as with every login, which succeeds or fails by what is here. `check` is ended
/// once the password is known to be right. What the references name outlives the coroutine.
net::Task<std::optional<LoginOutcome>> come_over(SessionContext& context,
                                                 const pop3::Credentials& credentials,
                                                 const Whereabouts& where,
                                                 guard::Gate::Check& check);

}  // namespace restante::server
