#include "server/session/pop3_settings.h"

#include "server/common/log.h"
#include "server/common/policy.h"
#include "server/common/proxied_client.h"
#include "server/measures/measures.h"

namespace restante::server {

std::unique_ptr<const pop3::ServerSettings> own_pop3_settings(const SessionContext& context) {
  const pop3::ServerSettings& shared = context.settings->pop3;
  // Kept for as long as the session lives, since a proof is compared with what the greeting said.
  // Only APOP and CRAM-MD5 need a challenge for each session; the others share one copy.
  if (!shared.apop_enabled && !shared.mechanisms.has(sasl::MechanismId::kCramMd5)) return nullptr;
  auto out = std::make_unique<pop3::ServerSettings>(shared);
  // The session's number makes it unique, as RFC 1939 s.7 wants it; the time keeps it so across a
  // restart of the count.
  out->apop_timestamp =
      fmt::format("<{}.{}@{}>", context.id, context.services.clock.now().time_since_epoch().count(),
                  out->hostname);
  return out;
}

pop3::Expire announced_expire(const SessionContext& context) {
  const auto spread = context.services.directory.retention_spread();
  return expire_before_login(context.settings->config.maildrop,
                             spread.value_or(accounts::RetentionSpread{}));
}

pop3::Channel pop3_channel(const SessionContext& context) {
  pop3::Channel out;
  const net::TlsStream* const tls = context.connection.tls();
  out.tls = context.has_tls();
  out.stls_available = context.may_start_tls();
  out.plaintext_allowed = context.plaintext_allowed();
  out.may_name_client = context.may_name_client;
  out.counts = &context.services.measures->commands;
  // A proxy's word proves nothing, and its own certificate is not its client's.
  if (tls == nullptr || !context.client_tls.is_own()) return out;
  const sasl::MechanismSet& mechanisms = context.settings->pop3.mechanisms;
  if (mechanisms.has(sasl::MechanismId::kExternal))
    // A certificate in doubt is offered, too: the client is told "later", and not "never".
    // Else EXTERNAL would not be offered at all, and the client would look for another way, or ask
    // for a password.
    out.client_certificate =
        !tls->client_identities().empty() || !tls->certificate_in_doubt().empty();
  // Two exports of keys for each connection are for those mechanisms alone that use them.
  if (sasl::has_bound_form(mechanisms)) {
    if (auto data = tls->exporter_binding(); !data.empty())
      out.bindings.push_back({"tls-exporter", std::move(data)});
    if (auto data = tls->unique_binding(); !data.empty())
      out.bindings.push_back({"tls-unique", std::move(data)});
  }
  return out;
}

net::Task<Status> name_client(SessionContext& context, pop3::ServerSession& session,
                              pop3::NameClient named) {
  const Status taken = take_xclient(context, named.client, session.output());
  if (taken && named.client) session.client_named(pop3_channel(context));
  co_return taken;
}

}  // namespace restante::server
