// What a POP3 client was refused, for the operator who is asked why it does not work: a line at
// info, at most one in ten seconds for each address and reason, and a counter.
#pragma once

#include <string_view>
#include <vector>

#include "pop3/server_session.h"
#include "server/common/session_context.h"

namespace restante::server {

/// What the session itself has refused.
void report_refusals(const SessionContext& context, const std::vector<pop3::Refusal>& refusals);

/// A handshake after STLS has failed.
void report_stls_failure(const SessionContext& context, const Error& error);

/// What a client whose connection ends for this reason is told; empty: nothing. `ended_by`: who
/// else ended it.
std::string_view last_words(const Error& error, bool before_login,
                            net::Connection::End ended_by = net::Connection::End::kNone);

/// Says its last words, as far as that goes without waiting, and ends the session.
void say_last_words(const SessionContext& context, pop3::ServerSession& session, const Error& error,
                    bool before_login);

/// Why a connection ends that its client has not ended: a time-out, or a client that is gone. What
/// was logged in has its line at its end.
void report_end(const SessionContext& context, const Error& error, bool before_login);

}  // namespace restante::server
