#include "server/common/use_meter.h"

#include <algorithm>

#include "server/common/log.h"

namespace restante::server {

Status UseMeter::received(std::string_view bytes) {
  // Without a limit nothing is counted: a session of many commands would pay for it with each.
  if (!account_.empty() && !is_limited()) return ok();
  use_.bytes += bytes.size();
  // Lines, and not what they turn out to be: a client that sends rubbish is what is looked for.
  use_.commands += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  if (!account_.empty() || context_.peer.trusted) return ok();
  const settings::Limits& limits = context_.settings->config.limits;
  if (use_.commands > limits.commands_before_login)
    return Error(Errc::kLimit, "limits.commands_before_login");
  if (use_.bytes > limits.bytes_before_login)
    return Error(Errc::kLimit, "limits.bytes_before_login");
  return ok();
}

net::Task<Status> UseMeter::pay(net::Connection& connection) {
  // Taken before the wait, so that what comes meanwhile is paid for next time.
  const guard::Use use = std::exchange(use_, {});
  const guard::Login login{context_.peer, account_};
  const guard::Span due = context_.services.gate.used(login, use, context_.settings->rules,
                                                      std::chrono::steady_clock::now());
  const auto span = std::chrono::ceil<std::chrono::milliseconds>(due);
  if (span.count() == 0) co_return ok();
  context_.services.metrics.slowed.add();
  const Status paused = co_await connection.pause(span);
  co_return paused;
}

void UseMeter::report() const {
  const bool commands = use_.commands > context_.settings->config.limits.commands_before_login;
  context_.services.metrics.logins_cut.add();
  spdlog::warn("pop3 too much before login session={} peer={} reason=limits.{}", context_.id,
               context_.connection.peer().to_string(),
               commands ? "commands_before_login" : "bytes_before_login");
}

}  // namespace restante::server
