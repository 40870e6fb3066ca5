// The facts of its connection that an SMTP session needs.
#pragma once

#include "server/common/session_context.h"
#include "server/measures/measures.h"
#include "smtp/server_session.h"

namespace restante::server {

inline smtp::Channel smtp_channel(const SessionContext& context) {
  smtp::Channel out;
  out.tls = context.has_tls();
  out.starttls_available = context.may_start_tls();
  out.trusted = context.peer.trusted;
  out.stranger = !context.peer.trusted;
  out.may_name_client = context.may_name_client;
  // For its own address, and not for one that a proxy has named.
  const auto address = ip_of(context.connection.peer());
  out.may_give_uid = !context.proxied && address && contains(context.listen.uid_networks, *address);
  const bool is_lmtp = context.listen.protocol == settings::Protocol::kLmtp;
  out.counts = &context.services.measures->mail_commands[is_lmtp ? 0 : 1];
  return out;
}

}  // namespace restante::server
