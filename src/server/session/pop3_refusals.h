// The refusals of a POP3 client, for the operator who is asked why it does not work: a line at
// info, at most one in ten seconds for each address and reason, and a counter.
#pragma once

#include <string_view>
#include <vector>

#include "pop3/server_session.h"
#include "server/common/session_context.h"

namespace restante::server {

/// Logs and counts the refusals of the session itself.
void report_refusals(const SessionContext& context, const std::vector<pop3::Refusal>& refusals);

/// A handshake after STLS has failed.
void report_stls_failure(const SessionContext& context, const Error& error);

/// The words to a client whose connection ends for this reason; empty: none. `ended_by`: the part
/// of the server that ended it.
std::string_view last_words(const Error& error, bool before_login,
                            net::Connection::End ended_by = net::Connection::End::kNone);

/// Says its last words, as far as that goes without waiting, and ends the session.
void say_last_words(const SessionContext& context, pop3::ServerSession& session, const Error& error,
                    bool before_login);

/// Logs and counts an end that the client did not want: a time-out, or a client that is gone. A
/// session that was logged in has its line at its end.
void report_end(const SessionContext& context, const Error& error, bool before_login);

}  // namespace restante::server
