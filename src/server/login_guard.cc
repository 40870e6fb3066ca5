#include "server/login_guard.h"

#include "base/ascii.h"
#include "server/back_ends.h"
#include "server/log.h"
#include "server/proof_check.h"

namespace restante::server {
namespace {

using guard::Moment;
using guard::Verdict;

Moment now() { return std::chrono::steady_clock::now(); }

/// The spelling that failures are counted by, also for names that can be no account's.
std::string counted_name(const SessionContext& context, std::string_view name) {
  auto canonical = accounts::canonical_name(name, name_rules(context.settings->config));
  return canonical ? std::move(*canonical) : to_lower(name);
}

net::Task<void> hold_back(SessionContext& context, guard::Span span) {
  if (span <= guard::Span::zero()) co_return;
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(span);
  // When the time is up or the server stops, the next wait for input says so.
  const Status paused = co_await context.connection.pause(rounded);
  static_cast<void>(paused);
}

void report(SessionContext& context, const LoginOutcome& outcome, const pop3::Credentials& tried) {
  context.services.metrics.logins_failed.add();
  spdlog::warn("pop3 login {} session={} peer={} user={} method={} reason={}",
               outcome.failure == pop3::LoginFailure::kWrong ? "failed" : "refused", context.id,
               context.connection.peer().to_string(), for_log(tried.name), tried.method,
               for_log(outcome.detail));
}

net::Task<LoginOutcome> try_to_log_in(SessionContext& context, pop3::Credentials credentials,
                                      accounts::ScramAnswer scram) {
  guard::Gate& gate = context.services.gate;
  const guard::Rules& rules = context.settings->rules;
  const std::string account = counted_name(context, credentials.name);
  const guard::Login login{context.peer, account};
  const Verdict verdict = gate.may_log_in(login, rules, now());
  if (verdict != Verdict::kWelcome) {
    context.services.metrics.logins_refused.add();
    co_await hold_back(context, rules.failed_login_delay);
    co_return LoginOutcome(pop3::LoginFailure::kTemporary,
                           fmt::format("limits.{}", to_text(verdict)));
  }
  const auto password = gate.tag_of(credentials.password);
  LoginOutcome outcome = co_await log_in(context, std::move(credentials), std::move(scram));
  if (outcome.maildrop) {
    if (!gate.succeeded(login, rules, now()))
      co_return LoginOutcome(pop3::LoginFailure::kTooSoon, "limits.account_logins_per_minute");
  } else if (outcome.failure == pop3::LoginFailure::kWrong) {
    co_await hold_back(context, gate.failed(login, password, rules, now()));
  }
  co_return std::move(outcome);
}

}  // namespace

net::Task<LoginOutcome> guarded_log_in(SessionContext& context, pop3::Credentials credentials,
                                       accounts::ScramAnswer scram) {
  pop3::Credentials tried;
  tried.name = credentials.name;
  tried.method = credentials.method;
  LoginOutcome outcome = co_await try_to_log_in(context, std::move(credentials), std::move(scram));
  if (!outcome.maildrop) report(context, outcome, tried);
  co_return std::move(outcome);
}

net::Task<std::optional<accounts::ScramAnswer>> guarded_scram_keys(SessionContext& context,
                                                                   pop3::FetchKeys wanted) {
  pop3::Credentials tried;
  tried.name = wanted.name;
  tried.method = wanted.method;
  auto found = co_await scram_keys(context, std::move(wanted));
  if (found) co_return std::move(*found);
  report(context, LoginOutcome(pop3::LoginFailure::kTemporary, found.error().message()), tried);
  co_return std::nullopt;
}

}  // namespace restante::server
