// What helps when a provider refuses a login for a reason of its own, which its reply hardly says.
// Pure, and only for messages.
#pragma once

#include <string_view>

#include "pop3/client_reply.h"
#include "sasl/mechanism_table.h"

namespace restante::fetch {

/// What a user can do about `reply` to the login, in one sentence; empty: nothing is known. `host`
/// is the server's name, `kind` what was tried.
std::string_view cure_of(const pop3::ClientReply& reply, std::string_view host,
                         sasl::CredentialKind kind);

/// The reply is about the account, though its code may say otherwise: asking later, or elsewhere,
/// is of no use.
bool is_account_matter(const pop3::ClientReply& reply);

}  // namespace restante::fetch
