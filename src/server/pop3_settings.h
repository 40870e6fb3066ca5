// What one POP3 session is told of the server: the settings, and what depends on the connection and
// on the accounts.
#pragma once

#include "pop3/server_session.h"
#include "server/session_context.h"

namespace restante::server {

pop3::ServerSettings pop3_settings(const SessionContext& context);
pop3::Channel pop3_channel(const SessionContext& context);

}  // namespace restante::server
