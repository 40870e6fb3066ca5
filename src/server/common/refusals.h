// The lines that tell an operator what SMTP and LMTP have refused and how to change it, and their
// counters. A flood cannot fill the disk by them: for each address, each kind of reply gets one
// line in ten seconds, with the number of the lines that were left out.
#pragma once

#include <string_view>
#include <vector>

#include "server/common/session_context.h"
#include "smtp/refusals.h"

namespace restante::server {

/// "smtp" or "lmtp".
std::string_view name_of(smtp::Dialect dialect);

/// Logs and counts the refusals of a session, and clears the list.
void report_refusals(const SessionContext& context, smtp::Dialect dialect,
                     std::vector<smtp::Refusal>& refusals);

/// The same for a session that we end with 421: kTimeout or kState (going down) in `reason`.
/// `in_message`: while one came in.
void report_farewell(const SessionContext& context, smtp::Dialect dialect, bool in_message,
                     const Error& reason);

/// The same for a handshake after STARTTLS that failed.
void report_tls_failure(const SessionContext& context, smtp::Dialect dialect, const Error& reason);

}  // namespace restante::server
