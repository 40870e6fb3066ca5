#include "server/login/login_guard.h"

#include "server/common/back_ends.h"
#include "server/common/log.h"
#include "server/login/login_turn.h"
#include "server/login/proof_check.h"
#include "server/login/view_of_login.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using guard::Moment;
using guard::Verdict;

Moment now() { return std::chrono::steady_clock::now(); }

/// Users type passwords where a name belongs. So the journal has a name only where it is known at
/// once to be an account's.
void note(SessionContext& context, const LoginOutcome& outcome, const pop3::Credentials& tried) {
  journal::Journal* const journal = context.services.journal;
  if (journal == nullptr) return;
  journal::Act act;
  act.kind = journal::Kind::kLoginFailed;
  // Only what is known at once: a look-up of a directory for each wrong name would be a gift to
  // attackers.
  const std::string name = counted_name(context, tried.name);
  const auto found = context.services.directory.find_now(name);
  act.account = found && *found ? (*found)->name : journal->hidden(name);
  act.from = context.connection.peer().host;
  act.session = context.id;
  act.detail = fmt::format("{}: {}", tried.method, outcome.detail);
  journal->note(std::move(act));
}

LoginEnd end_of(const LoginOutcome& outcome) {
  if (outcome.there) return LoginEnd::kPassedOn;
  if (outcome.maildrop) return LoginEnd::kGood;
  if (outcome.unheard) return LoginEnd::kRefused;
  switch (outcome.failure) {
    case pop3::LoginFailure::kWrong: return LoginEnd::kWrong;
    case pop3::LoginFailure::kInUse: return LoginEnd::kInUse;
    case pop3::LoginFailure::kTooSoon: return LoginEnd::kTooSoon;
    case pop3::LoginFailure::kBeingMoved:
    case pop3::LoginFailure::kTemporary: return LoginEnd::kTemporary;
    case pop3::LoginFailure::kTooManyViews:
    case pop3::LoginFailure::kPermanent: break;
  }
  return LoginEnd::kPermanent;
}

void count(const SessionContext& context, const LoginOutcome& outcome, std::string_view way) {
  const net::TlsStream* const tls = context.connection.tls();
  std::string_view version = tls == nullptr ? "" : tls->version();
  // Behind a proxy that ends TLS, by its word.
  if (context.client_tls.text) version = *context.client_tls.text;
  context.services.measures->count_login(way, version, end_of(outcome));
}

void report(SessionContext& context, const LoginOutcome& outcome, const pop3::Credentials& tried) {
  count(context, outcome, tried.method);
  note(context, outcome, tried);
  context.services.metrics.logins_failed.add();
  spdlog::warn("pop3 login {} session={} peer={} user={} method={} reason={}{}",
               outcome.failure == pop3::LoginFailure::kWrong ? "failed" : "refused", context.id,
               context.connection.peer().to_string(), for_log(tried.name), tried.method,
               for_log(outcome.detail), outcome.repeated ? " repeated=yes" : outcome.holder);
}

/// The answer to a login whose password is not looked at.
net::Task<LoginOutcome> refuse(SessionContext& context, Verdict verdict) {
  context.services.metrics.logins_refused.add();
  // Refused as late as a wrong password: a guesser must not learn which guesses were not even
  // looked at.
  co_await hold_back(context, context.settings->rules.failed_login_delay, now());
  LoginOutcome out(pop3::LoginFailure::kTemporary, fmt::format("limits.{}", to_text(verdict)));
  out.unheard = true;
  co_return std::move(out);
}

/// ScramExchange::begin() has asked already.
bool was_let_begin(pop3::Proof proof) {
  return proof == pop3::Proof::kProven || proof == pop3::Proof::kDisproven;
}

net::Task<LoginOutcome> try_to_log_in(SessionContext& context, pop3::Credentials& credentials,
                                      const accounts::ScramAnswer& scram,
                                      guard::Gate::Check& check) {
  const Moment asked = now();
  guard::Gate& gate = context.services.gate;
  const guard::Rules& rules = context.settings->rules;
  // By the spelling that the directory takes for the same, or each spelling would have tries of its
  // own.
  const std::string account = counted_name(context, credentials.name);
  const guard::Login login{context.peer, account};
  Verdict verdict = Verdict::kWelcome;
  if (was_let_begin(credentials.proof))
    // It was let begin with the same check still running; only a limit that was reached meanwhile
    // counts.
    verdict = gate.may_go_on(login, rules, now());
  else
    verdict = may_log_in(context, login, check);
  if (verdict == Verdict::kChecksUnderWay) verdict = co_await wait_for_turn(context, login, check);
  if (verdict != Verdict::kWelcome) {
    check.end();
    LoginOutcome refused = co_await refuse(context, verdict);
    co_return std::move(refused);
  }
  // Before the password goes: it is told from an old one by its tag alone.
  const auto password = gate.tag_of(credentials.password);
  // A certificate says by itself who its owner is; the client may say as whom it comes.
  std::string& said =
      credentials.proof == pop3::Proof::kCertificate ? credentials.authorization : credentials.name;
  co_await take_label(context, said, credentials.view);
  LoginOutcome outcome = co_await log_in(context, credentials, scram, check);
  // Wiped before any wait below.
  credentials.password = SecretString();
  if (outcome.succeeded()) {
    // After the proof, so that strangers cannot use up an account's share.
    if (!gate.succeeded(login, rules, now()))
      co_return LoginOutcome(pop3::LoginFailure::kTooSoon, "limits.account_logins_per_minute");
    const auto delay = context.settings->config.pop3.login_delay;
    if (!context.services.login_delays.logged_in(delay_key(outcome), delay, now()))
      co_return LoginOutcome(pop3::LoginFailure::kTooSoon, "login delay");
  } else if (outcome.failure == pop3::LoginFailure::kWrong) {
    const guard::Failure failure = gate.failed(login, password, rules, now());
    outcome.repeated = failure.repeated;
    check.end();  // It is counted as a failure now, so that other logins need not wait for the
                  // delay below.
    co_await hold_back(context, failure.delay, asked);
  }
  co_return std::move(outcome);
}

}  // namespace

net::Task<LoginOutcome> guarded_log_in(SessionContext& context, pop3::Credentials& credentials,
                                       ScramProof scram) {
  const Moment asked = now();
  // The time of the whole, with its turn and its delay: that is what a client waits for.
  LoginOutcome outcome = co_await try_to_log_in(context, credentials, scram.answer, scram.check);
  Measures& measures = *context.services.measures;
  (outcome.succeeded() ? measures.logins_good : measures.logins_bad).note(now() - asked);
  if (outcome.succeeded())
    count(context, outcome, credentials.method);
  else
    report(context, outcome, credentials);
  co_return std::move(outcome);
}

net::Task<const sasl::ScramKeys*> ScramExchange::begin(pop3::FetchKeys wanted) {
  give_up();
  pop3::Credentials tried;
  tried.name = wanted.name;
  tried.method = wanted.method;
  const std::string account = counted_name(context_, wanted.name);
  const guard::Login login{context_.peer, account};
  Verdict verdict = may_log_in(context_, login, check_);
  if (verdict == Verdict::kChecksUnderWay)
    verdict = co_await wait_for_turn(context_, login, check_);
  if (verdict != Verdict::kWelcome) {
    const LoginOutcome outcome = co_await refuse(context_, verdict);
    report(context_, outcome, tried);
    co_return nullptr;
  }
  std::string label;  // The login itself asks for it again.
  co_await take_label(context_, wanted.name, label);
  auto found = co_await scram_keys(context_, std::move(wanted));
  // The keys could not be asked for: nothing was tried, so it is no failure of the client's.
  if (!found) {
    check_.end();
    report(context_, LoginOutcome(pop3::LoginFailure::kTemporary, found.error().message()), tried);
    co_return nullptr;
  }
  answer_ = std::move(*found);
  // From now on the exchange counts, should it be dropped.
  name_ = account;
  co_return &answer_.keys;
}

ScramProof ScramExchange::finish() {
  name_.reset();
  ScramProof out;
  out.answer = std::exchange(answer_, accounts::ScramAnswer());
  out.check = std::move(check_);
  return out;
}

// A dropped exchange counts as a failure: otherwise a guesser would drop each one before its end.
void ScramExchange::give_up() {
  if (!name_) return;
  const guard::Login login{context_.peer, *name_};
  // The client has given up: there is no answer to hold back.
  static_cast<void>(
      context_.services.gate.failed(login, std::nullopt, context_.settings->rules, now()));
  static_cast<void>(finish());
}

}  // namespace restante::server
