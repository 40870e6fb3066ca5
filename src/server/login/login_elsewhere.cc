#include "server/login/login_elsewhere.h"

#include "accounts/login/login_name.h"
#include "server/common/back_ends.h"
#include "server/elsewhere/far_pop3.h"

namespace restante::server {
namespace {

using pop3::LoginFailure;

/// As for an account that is here: no user may act for another one (RFC 4616 s.2).
bool acts_for_itself(SessionContext& context, const pop3::Credentials& credentials,
                     const Whereabouts& where) {
  const std::string& wanted = credentials.authorization;
  const accounts::NameRules rules = context.settings->config.accounts.names;
  return wanted.empty() || accounts::is_same_login(wanted, where.name, rules) ||
         accounts::is_same_login(wanted, credentials.name, rules);
}

}  // namespace

std::optional<LoginOutcome> refuse_elsewhere(SessionContext& context,
                                             const pop3::Credentials& credentials,
                                             const Whereabouts& where) {
  // Two servers that each take the other for the right one would pass it on for ever.
  if (context.proxied)
    return LoginOutcome(LoginFailure::kTemporary,
                        "passed on by another server, and not passed on once more");
  if (!acts_for_itself(context, credentials, where))
    return LoginOutcome(LoginFailure::kWrong, "may not act for another account");
  return std::nullopt;
}

net::Task<LoginOutcome> log_in_elsewhere(SessionContext& context,
                                         const pop3::Credentials& credentials, Whereabouts where) {
  if (auto refused = refuse_elsewhere(context, credentials, where)) co_return std::move(*refused);
  accounts::Account account;
  // Without an account here its name is all that is known, and the delay and the limits go by that.
  if (where.account) account = std::move(*where.account);
  if (account.name.empty()) account.name = where.name;
  Services& services = context.services;
  const auto delay = context.settings->config.pop3.login_delay;
  // Here and not there: the other server knows this one alone, and counts all its users together.
  if (!services.login_delays.may_log_in(account.name, delay, std::chrono::steady_clock::now()))
    co_return LoginOutcome(LoginFailure::kTooSoon, "login delay");
  // Taken before the connection is made: a client that logs in again and again must not open one
  // after the other there.
  auto place = services.homes->enter(account.name);
  if (place == nullptr)
    co_return LoginOutcome(LoginFailure::kInUse, "too many sessions of it are passed on");
  FarCredentials there{where.name, credentials.password, credentials.utf8};
  FarSession session = co_await log_in_at(context, *where.home.server, std::move(there));
  if (session.connection) where.home.server->sessions.add();
  LoginOutcome out(session.failure, std::move(session.reason));
  out.account = std::move(account);
  out.home = where.home;
  out.there = std::move(session.connection);
  out.place_there = std::move(place);
  co_return std::move(out);
}

Status check_here(const Services& services, const accounts::Account& account) {
  // Neither a route of its own nor any in the configuration: nothing to look up for each login.
  if (account.route == nullptr && (services.homes == nullptr || services.homes->is_empty()))
    return ok();
  if (services.homes == nullptr) return Error(Errc::kState, "its route is not configured");
  RESTANTE_TRY(const auto home, services.homes->of_account(account));
  if (!home) return ok();
  // "Later", since it is the move that has to end first.
  if (home->is_left) return Error(Errc::kTimeout, "its mail is not all here yet");
  // A proof that cannot be shown to that server fails like a wrong one; the log says which way is
  // open.
  return Error(Errc::kAuth, "lives at " + home->server->name + ": by PLAIN, LOGIN or USER only");
}

}  // namespace restante::server
