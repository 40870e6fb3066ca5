#include "server/login/login.h"

#include "accounts/login/login_name.h"
#include "server/common/back_ends.h"
#include "server/common/log.h"
#include "server/login/come_over.h"
#include "server/login/login_elsewhere.h"
#include "server/login/proof_check.h"
#include "server/login/takeover.h"
#include "server/login/view_of_login.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using pop3::LoginFailure;

// No user may act for another one here. An authorization identity that names the same account in
// another spelling, or is the name that was just proven, is the same (RFC 4616 s.2). An account may
// have a name of its own beside those that it logs in by.
bool acts_for_itself(SessionContext& context, const pop3::Credentials& credentials,
                     const accounts::Account& account) {
  const std::string& wanted = credentials.authorization;
  const accounts::NameRules rules = context.settings->config.accounts.names;
  // The identities of a certificate were cut down to this one before.
  // An empty one is the usual case.
  if (wanted.empty() || credentials.proof == pop3::Proof::kCertificate) return true;
  return accounts::is_same_login(wanted, account.shown_name(), rules) ||
         accounts::is_same_login(without_label(context, wanted), credentials.name, rules);
}

LoginOutcome failed_opening(const Error& error) {
  // A limit of views is no fault of the password, and a client must not ask its user for another.
  if (error.code == Errc::kLimit) return LoginOutcome(LoginFailure::kTooManyViews, error.message());
  return failed_login(error);
}

net::Task<LoginOutcome> open_maildrop(SessionContext& context, accounts::Account account,
                                      WantedView wanted) {
  Services& services = context.services;
  if (wanted.is_device) {
    const Status settled = co_await settle_device(context, account.name, wanted);
    if (!settled) co_return failed_login(settled.error());
  }
  // After the proof: a stranger must not learn of an account by its delay.
  const auto delay = context.settings->config.pop3.login_delay;
  // By view: devices with views of their own are polls of their own, and must not hold each other
  // up.
  if (!services.login_delays.may_log_in(wanted.key(account.name), delay,
                                        std::chrono::steady_clock::now()))
    co_return LoginOutcome(LoginFailure::kTooSoon, "login delay");

  // A maildrop that is in memory opens without the disk, and so without a thread for it.
  const Stopwatch watch(services.measures->step(LoginStep::kOpen));
  auto opened = open_view_cached(context, account.name, wanted);
  if (!opened) {
    auto work = [&] { return open_view(context, account.name, wanted); };
    const std::uint64_t source = SessionContext::maildrop_source(account.name);
    opened = co_await services.disk_pool.run_for(net::Errand::kOwner, source, work);
  }
  // Who holds it is looked up before it is opened again: afterwards it may be another one.
  if (!*opened && opened->error().code == Errc::kBusy) {
    const auto holder =
        services.pop3_sessions.find(account.name, wanted.name, context.connection.worker().now());
    // A holder that may be ended is (`pop3.takeover`); without that setting the error comes back as
    // it is.
    opened = co_await take_over(context, account, wanted, holder, std::move(opened->error()));
    if (!*opened) {
      LoginOutcome refused = failed_login(opened->error());
      // Operators are asked "who has my mailbox open?": the line of the refusal answers.
      if (holder) refused.holder = text_of(*holder, services.clock.now());
      co_return std::move(refused);
    }
  }
  if (!*opened) co_return failed_opening(opened->error());
  LoginOutcome outcome(std::move(account), std::move(**opened));
  outcome.view = std::move(wanted.name);
  co_return std::move(outcome);
}

}  // namespace

LoginOutcome failed_login(const Error& error) {
  switch (error.code) {
    // Every code says what the client should do next, and that decides which one it is.
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

net::Task<LoginOutcome> log_in(SessionContext& context, const pop3::Credentials& credentials,
                               const accounts::ScramAnswer& scram, guard::Gate::Check& check) {
  Services& services = context.services;
  // Most servers have no routes, and their logins pay for none.
  const bool some_elsewhere = services.homes != nullptr && !services.homes->is_empty();
  // Only a password can be shown to another server: other proofs are made for this one.
  if (some_elsewhere && credentials.proof == pop3::Proof::kPassword) {
    auto where = co_await find_whereabouts(context, credentials);
    if (!where) co_return failed_login(where.error());
    if (*where && (*where)->comes_over) {
      auto ended = co_await come_over(context, credentials, **where, check);
      if (ended) co_return std::move(*ended);
    } else if (*where) {
      LoginOutcome there = co_await log_in_elsewhere(context, credentials, std::move(**where));
      co_return std::move(there);
    }
  }
  auto account = co_await check_proof(context, credentials, scram);
  if (!account) co_return failed_login(account.error());
  // After the proof, too: that an account lives elsewhere is not for strangers to know.
  if (const Status here = check_here(services, *account); !here)
    co_return failed_login(here.error());
  if (!acts_for_itself(context, credentials, *account))
    co_return LoginOutcome(LoginFailure::kWrong, "may not act for another account");

  auto wanted = wanted_view(context, *account, credentials.view);
  // A label that can be no view's is a wrong name, told like one.
  if (!wanted && wanted.error().code == Errc::kAuth) co_return failed_login(wanted.error());
  // The account is right, and what it asks for cannot be had by asking again.
  if (!wanted) co_return LoginOutcome(LoginFailure::kPermanent, wanted.error().message());
  LoginOutcome outcome = co_await open_maildrop(context, std::move(*account), std::move(*wanted));
  co_return std::move(outcome);
}

std::string delay_key(const LoginOutcome& outcome) {
  return WantedView{outcome.view}.key(outcome.account.name);
}

std::string method_text(std::string method, const accounts::Account& account,
                        const std::string& view) {
  if (!account.device.empty()) method += " device=" + for_log(account.device);
  if (!view.empty()) method += " view=" + for_log(view);
  if (!account.called.empty()) method += " called=" + for_log(account.called);
  return method;
}

}  // namespace restante::server
