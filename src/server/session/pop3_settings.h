// The settings of one POP3 session, and the parts of them that depend on the connection and on the
// accounts.
#pragma once

#include <memory>

#include "pop3/server_session.h"
#include "server/common/session_context.h"

namespace restante::server {

/// Null: SessionContext::settings serve this session as they serve all.
std::unique_ptr<const pop3::ServerSettings> own_pop3_settings(const SessionContext& context);
/// What CAPA says before a login (RFC 2449 s.6.7). When the accounts cannot be asked it is the
/// default: no login can succeed then.
pop3::Expire announced_expire(const SessionContext& context);
pop3::Channel pop3_channel(const SessionContext& context);

/// A proxy's XCLIENT, taken or refused. The references outlive the coroutine.
net::Task<Status> name_client(SessionContext& context, pop3::ServerSession& session,
                              pop3::NameClient named);

}  // namespace restante::server
