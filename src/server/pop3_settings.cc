#include "server/pop3_settings.h"

#include "server/log.h"
#include "server/policy.h"

namespace restante::server {

pop3::ServerSettings pop3_settings(const SessionContext& context) {
  pop3::ServerSettings out = context.settings->pop3;
  // When the accounts cannot be asked the default is said; nobody can log in then.
  const auto spread = context.services.directory.retention_spread();
  out.expire = expire_before_login(context.settings->config.maildrop,
                                   spread.value_or(accounts::RetentionSpread{}));
  if (out.apop_enabled)
    out.apop_timestamp =
        fmt::format("<{}.{}@{}>", context.id,
                    context.services.clock.now().time_since_epoch().count(), out.hostname);
  return out;
}

}  // namespace restante::server
