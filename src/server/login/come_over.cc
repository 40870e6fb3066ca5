#include "server/login/come_over.h"

#include "server/elsewhere/far_pop3.h"
#include "server/login/login_elsewhere.h"
#include "server/login/proof_check.h"
#include "server/newcomers/newcomers.h"

namespace restante::server {
namespace {

using migrate::Act;
using migrate::OldVerdict;
using pop3::LoginFailure;
using Outcome = std::optional<LoginOutcome>;

// Between two questions whether the mail is here.
constexpr auto kMovePause = std::chrono::milliseconds(50);
constexpr auto kGoodbyeTime = std::chrono::seconds(5);

OldVerdict verdict_of(const FarSession& session) {
  if (session.connection) return OldVerdict::kRight;
  return session.failure == LoginFailure::kWrong ? OldVerdict::kWrong : OldVerdict::kNoAnswer;
}

/// Ended well, or a server with one session a mailbox would keep the mover out.
net::Task<void> say_goodbye(net::Connection& connection) {
  // The user waits for this: an old server that does not answer QUIT holds the login up no longer.
  connection.bound_total(kGoodbyeTime);
  std::string quit = "QUIT\r\n";
  Status status = co_await connection.send(quit);
  while (status) {
    connection.input() = {};
    status = co_await connection.fill();
  }
  connection.finish();
}

/// One login that comes over.
class Arrival {
 public:
  Arrival(SessionContext& context, const pop3::Credentials& credentials, const Whereabouts& where,
          guard::Gate::Check& check)
      : context_(context),
        check_(check),
        newcomers_(*context.services.newcomers),
        credentials_(credentials),
        where_(where),
        until_(std::chrono::steady_clock::now() + newcomers_.patience()),
        failure_(LoginFailure::kTemporary, "as many users come over at once as may") {}

  net::Task<Outcome> run();

 private:
  net::Task<Result<migrate::Standing>> standing();
  net::Task<Act> ask_old();
  net::Task<Act> make();
  net::Task<Act> move();

  SessionContext& context_;
  guard::Gate::Check& check_;
  Newcomers& newcomers_;
  const pop3::Credentials& credentials_;
  const Whereabouts& where_;
  const std::chrono::steady_clock::time_point until_;
  std::unique_ptr<migrate::Passage> passage_;
  LoginOutcome failure_;  ///< Should it end so.
};

net::Task<Result<migrate::Standing>> Arrival::standing() {
  // It has a row that says so: the store need not be asked.
  if (where_.home.is_left) co_return migrate::Standing{true, true, true, false};
  auto work = [this] { return newcomers_.standing_of(where_.name); };
  net::BlockingPool& pool = context_.services.disk_pool;
  // By the maildrop's name, as its deliveries are: a flood of logins of one name waits for itself
  // alone.
  const std::uint64_t source = SessionContext::maildrop_source(where_.name);
  auto found = co_await pool.run_for(net::Errand::kOwner, source, work);
  co_return found;
}

net::Task<Act> Arrival::ask_old() {
  FarCredentials there{where_.name, credentials_.password, credentials_.utf8};
  FarSession session = co_await log_in_at(context_, *where_.home.server, std::move(there));
  const OldVerdict verdict = verdict_of(session);
  // The old server has said yes to its own user: the password is believed, and its session is of no
  // more use.
  if (session.connection) {
    co_await say_goodbye(*session.connection);
  } else {
    failure_ = LoginOutcome(session.failure, session.reason);
    Metrics& metrics = context_.services.metrics;
    (verdict == OldVerdict::kWrong ? metrics.newcomers_refused : metrics.newcomers_unasked).add();
  }
  // Which of the two it was decides what an operator does: users with wrong passwords, or a server
  // that is down.
  co_return passage_->old_says(verdict);
}

net::Task<Act> Arrival::make() {
  failure_ = LoginOutcome(LoginFailure::kTemporary, "its account could not be made");
  auto work = [this] { return newcomers_.make(where_.name, credentials_.password, where_.home); };
  // The password is hashed here for the first time, which is as dear as a check of it.
  net::BlockingPool& pool = context_.services.hash_pool;
  // In turn with others of the same source, so that a crowd of newcomers leaves logins their share.
  const auto made = co_await pool.run_fair(context_.fair_source(where_.name), work);
  co_return passage_->account_made(made.value_or(migrate::Passage::Made::kFailed));
}

net::Task<Act> Arrival::move() {
  // The names of the mail's maildrop and of the user on the old server may differ in spelling.
  Traveller who;
  who.account = where_.account ? where_.account->name : where_.name;
  who.called = where_.name;
  who.server = where_.home.server;
  who.password = credentials_.password;
  check_.end();  // The password is right: others of the address need not wait for the mail.
  const auto move = newcomers_.begin(std::move(who), std::move(passage_));
  for (;;) {
    if (const auto end = move->ended()) co_return *end;
    // The move goes on without the client, who hears "try again" and finds it done later.
    if (std::chrono::steady_clock::now() >= until_) co_return move->leave();
    // When the client is gone or the server stops, the next wait for input says so.
    const Status paused = co_await context_.connection.pause(kMovePause);
    if (!paused) co_return move->leave();
  }
}

net::Task<Outcome> Arrival::run() {
  // The crossing is judged by what stands on the disk, so that a restart in the middle goes on from
  // there.
  const auto known = co_await standing();
  if (!known) co_return failed_login(known.error());
  passage_ = std::make_unique<migrate::Passage>(newcomers_.crossings(), where_.name, *known);
  Act act = passage_->begin();
  if (act == Act::kTryAgain) context_.services.metrics.newcomers_unasked.add();
  while (!is_end(act)) {
    if (act == Act::kAskOld)
      act = co_await ask_old();
    else if (act == Act::kMakeAccount)
      act = co_await make();
    else
      act = co_await move();
  }
  if (act == Act::kLogIn) co_return std::nullopt;
  if (act == Act::kBeingMoved)
    co_return LoginOutcome(LoginFailure::kBeingMoved, "its mail is being moved here");
  // The old server's "no" is the answer to give: this server has nothing that could know better.
  if (act == Act::kFail) failure_.failure = LoginFailure::kWrong;
  co_return std::move(failure_);
}

}  // namespace

net::Task<std::optional<LoginOutcome>> come_over(SessionContext& context,
                                                 const pop3::Credentials& credentials,
                                                 const Whereabouts& where,
                                                 guard::Gate::Check& check) {
  if (context.services.newcomers == nullptr)
    co_return LoginOutcome(LoginFailure::kTemporary,
                           "its mail is half moved, and [migrate] names nobody any more");
  if (auto refused = refuse_elsewhere(context, credentials, where)) co_return std::move(refused);
  if (where.home.is_left) {
    // It is an account, so its password is judged here.
    const accounts::ScramAnswer none;
    const auto account = co_await check_proof(context, credentials, none);
    if (!account) co_return failed_login(account.error());
  }
  Arrival arrival(context, credentials, where, check);
  Outcome outcome = co_await arrival.run();
  co_return std::move(outcome);
}

}  // namespace restante::server
