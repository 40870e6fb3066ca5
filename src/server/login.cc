#include "server/login.h"

#include "accounts/apop.h"
#include "server/ask_accounts.h"
#include "server/back_ends.h"
#include "server/log.h"

namespace restante::server {
namespace {

using pop3::LoginFailure;

LoginOutcome to_failure(const Error& error) {
  switch (error.code) {
    case Errc::kAuth: return LoginOutcome(LoginFailure::kWrong, error.message());
    case Errc::kBusy: return LoginOutcome(LoginFailure::kInUse, error.message());
    case Errc::kCorrupt: return LoginOutcome(LoginFailure::kPermanent, error.message());
    case Errc::kIo:
    case Errc::kFull:
    case Errc::kNotFound:
    case Errc::kExists:
    case Errc::kLimit:
    case Errc::kSyntax:
    case Errc::kState:
    case Errc::kTimeout:
    case Errc::kClosed: break;
  }
  return LoginOutcome(LoginFailure::kTemporary, error.message());
}

net::Task<Result<accounts::Account>> check_apop(SessionContext& context,
                                                accounts::ApopAttempt attempt) {
  auto work = [&] {
    return accounts::check_apop(context.services.directory, name_rules(context.settings->config),
                                attempt);
  };
  auto account = co_await ask_accounts(context, attempt.name, work);
  co_return account;
}

net::Task<Result<accounts::Account>> check(SessionContext& context, pop3::Credentials credentials,
                                           std::string timestamp) {
  if (credentials.method == "APOP") {
    accounts::ApopAttempt attempt(credentials.name, timestamp, credentials.password);
    auto account = co_await check_apop(context, std::move(attempt));
    co_return account;
  }
  accounts::Authenticator& authenticator = context.services.authenticator;
  const std::string peer = context.connection.peer().host;
  auto cached = authenticator.check_cached(credentials.name, credentials.password, peer);
  if (cached) co_return std::move(*cached);
  auto look_up = [&] { return authenticator.look_up(credentials.name); };
  auto candidate = co_await ask_accounts(context, credentials.name, look_up);
  if (!candidate) co_return std::move(candidate).error();
  auto work = [&] {
    return authenticator.check(std::move(*candidate), credentials.password, peer);
  };
  // What waits for a back end must not hold up the hashes, nor the hashes what waits. In turns: who
  // sends wrong passwords by the hundred waits for them alone.
  const bool remote = candidate->account.asks_back_end();
  net::BlockingPool& pool = remote ? context.services.lookup_pool : context.services.hash_pool;
  auto checked = co_await pool.run_fair(context.fair_source(credentials.name), work);
  if (!checked) co_return Error(Errc::kLimit, "too many logins wait for their turn");
  co_return std::move(*checked);
}

// Nobody may act for anybody else here; an authorization identity that names the same account in
// another spelling is the same (RFC 4616 s.2).
bool acts_for_itself(SessionContext& context, const pop3::Credentials& credentials,
                     const accounts::Account& account) {
  if (credentials.authorization.empty()) return true;
  const auto name =
      accounts::canonical_name(credentials.authorization, name_rules(context.settings->config));
  return name && *name == account.name;
}

}  // namespace

net::Task<LoginOutcome> log_in(SessionContext& context, pop3::Credentials credentials,
                               std::string timestamp) {
  Services& services = context.services;
  const pop3::Credentials kept = credentials;
  auto account = co_await check(context, std::move(credentials), std::move(timestamp));
  if (!account) co_return to_failure(account.error());
  if (!acts_for_itself(context, kept, *account))
    co_return LoginOutcome(LoginFailure::kWrong, "may not act for another account");

  const auto delay = context.settings->config.pop3.login_delay;
  if (!services.login_delays.may_log_in(account->name, delay, services.clock.now()))
    co_return LoginOutcome(LoginFailure::kTooSoon, "login delay");

  auto opened = services.store.open_cached(account->name, maildrop::View::kDefault);
  if (!opened) {
    auto work = [&services, &account] {
      return services.store.open(account->name, maildrop::View::kDefault);
    };
    opened = co_await services.disk_pool.run(work);
  }
  if (!*opened) co_return to_failure(opened->error());
  co_return LoginOutcome(std::move(*account), std::move(**opened));
}

std::string method_text(std::string method, const accounts::Account& account) {
  if (!account.device.empty()) method += " device=" + for_log(account.device);
  return method;
}

}  // namespace restante::server
