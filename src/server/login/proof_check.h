// Whether a client's proof is right, and whose account it opens: each kind of proof goes to the
// module that can judge it, on a thread that may block. Every refusal looks alike, so that its
// reason tells an attacker nothing.
#pragma once

#include "accounts/directory.h"
#include "accounts/login/scram_keyring.h"
#include "net/asio.h"
#include "pop3/server_session.h"
#include "server/common/session_context.h"

namespace restante::server {

/// The account, which is enabled. The references outlive the coroutine. Errors: kAuth, kIo.
net::Task<Result<accounts::Account>> check_proof(SessionContext& context,
                                                 const pop3::Credentials& credentials,
                                                 const accounts::ScramAnswer& scram);

/// The keys that a SCRAM exchange goes on with. Errors: kIo.
net::Task<Result<accounts::ScramAnswer>> scram_keys(SessionContext& context,
                                                    pop3::FetchKeys wanted);

}  // namespace restante::server
