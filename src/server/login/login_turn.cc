#include "server/login/login_turn.h"

#include "accounts/login/login_name.h"
#include "server/login/view_of_login.h"

namespace restante::server {
namespace {

// Between two looks whether a running check has ended. Few logins wait for that.
constexpr auto kTurnPause = std::chrono::milliseconds(50);

guard::Moment clock_now() { return std::chrono::steady_clock::now(); }

}  // namespace

std::string counted_name(const SessionContext& context, std::string_view name) {
  return accounts::login_key(without_label(context, name), context.settings->config.accounts.names);
}

guard::Verdict may_log_in(SessionContext& context, const guard::Login& login,
                          guard::Gate::Check& check) {
  return context.services.gate.may_log_in(login, context.settings->rules, clock_now(), check);
}

net::Task<guard::Verdict> wait_for_turn(SessionContext& context, const guard::Login& login,
                                        guard::Gate::Check& check) {
  guard::Verdict verdict = guard::Verdict::kChecksUnderWay;
  Status paused = ok();
  while (paused && verdict == guard::Verdict::kChecksUnderWay) {
    // Polled, since the check that ends may be on any thread and wakes no one.
    paused = co_await context.connection.pause(kTurnPause);
    verdict = may_log_in(context, login, check);
  }
  co_return verdict;  // When the time is up, the next wait for input says so.
}

net::Task<void> hold_back(SessionContext& context, guard::Span span, guard::Moment asked) {
  const guard::Span left = asked + span - clock_now();
  // The work on the password has taken a part of the time: right and wrong come equally late.
  if (left <= guard::Span::zero()) co_return;
  // When the time is up or the server stops, the next wait for input says so.
  const Status paused = co_await context.connection.pause(left);
  static_cast<void>(paused);
}

}  // namespace restante::server
