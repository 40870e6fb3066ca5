// The CAPA list (RFC 2449 s.5). The same in both states: what is available in AUTHORIZATION must be
// announced in TRANSACTION, too, so that one CAPA is enough for a client. It differs with the
// channel: what cannot be used before TLS is not announced before TLS; and EXPIRE may differ with
// the account (RFC 2449 s.6.7).
#pragma once

#include "pop3/shared_state.h"
#include "sasl/mechanism_table.h"

namespace restante::pop3 {

/// Appends the first line of a session.
void reply_greeting(SharedState& context);
/// Appends the whole reply to CAPA.
void reply_capabilities(SharedState& context);
/// And the whole list of LANG (RFC 6856 s.3).
void reply_languages(Replies& replies);
/// To LANG with the tag of a language, which holds from this reply on; nullopt: with their list.
void reply_to_lang(Replies& replies, std::optional<std::string_view> tag);
/// Appends " NAME" for each mechanism that may be used on this channel, with `before` instead of
/// the space and `after` behind it.
void add_mechanisms(SharedState& context, std::string_view before, std::string_view after);
/// True when any mechanism may be used on this channel.
bool offers_mechanisms(const SharedState& context);
/// The same of one with channel binding.
bool offers_binding(const SharedState& context);
/// Whether the configuration allows the mechanism and the channel has all that it needs, but for
/// the secrecy of a password. The client is told of no other mechanism.
bool is_known(const sasl::MechanismInfo& mechanism, const SharedState& context);

}  // namespace restante::pop3
