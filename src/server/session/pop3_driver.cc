#include "server/session/pop3_driver.h"

#include "base/overloaded.h"
#include "server/common/admission.h"
#include "server/common/policy.h"
#include "server/session/passed_on.h"
#include "server/session/pop3_refusals.h"
#include "server/session/pop3_settings.h"

namespace restante::server {
namespace {

constexpr std::size_t kIdleOutputBytes = 2048;

/// An idle session holds no large buffer.
void drop_large(std::string& output) {
  if (output.empty() && output.capacity() > kIdleOutputBytes) std::string().swap(output);
}

}  // namespace

Pop3Driver::Pop3Driver(SessionContext& context)
    : context_(context),
      own_settings_(own_pop3_settings(context)),
      session_(own_settings_ ? *own_settings_ : context.settings->pop3, pop3_channel(context)) {}

// An idle session is this coroutine and fill()'s: each other coroutine that is awaited here makes
// every idle session larger.
net::Task<Status> Pop3Driver::run() {
  context_.connection.bound_total(context_.settings->config.limits.login_timeout);
  Status status = ok();
  while (status && !quit_) {
    pop3::Effect effect = session_.advance(context_.connection.input());
    if (session_.has_refused()) report_refusals(context_, session_.take_refusals());
    if (std::holds_alternative<pop3::NeedInput>(effect)) {
      status = send_answers();
      if (status && must_catch_up()) status = co_await catch_up();
      drop_large(session_.output());
      tally_.waits();
      if (place_) place_->wait(context_.connection.worker().now());
      if (status) status = co_await context_.connection.fill();
      if (place_) place_->work(context_.connection.worker().now());
      if (status) status = meter_.received(context_.connection.input());
    } else if (!perform_now(effect)) {
      status = co_await perform(effect);
    }
  }
  if (!status) say_why(status.error());
  context_.connection.finish();
  tally_.ended(status);
  co_return status;
}

/// Effects that wait for nothing. False: nothing was done.
bool Pop3Driver::perform_now(const pop3::Effect& effect) {
  if (std::holds_alternative<pop3::FindExpire>(effect)) {
    session_.expire_found(announced_expire(context_));
    return true;
  }
  const auto* const request = std::get_if<pop3::SendMessage>(&effect);
  if (request == nullptr || !sender_.send_cached(*maildrop_, *request)) return false;
  message_sent(*request, ok());
  return true;
}

/// `effect` outlives the returned coroutine, and is used up.
net::Task<Status> Pop3Driver::perform(pop3::Effect& effect) {
  const Overloaded performers{
      [](pop3::NeedInput&) { return done_before(); },   // By run(),
      [](pop3::FindExpire&) { return done_before(); },  // and by perform_now().
      [this](pop3::Flush&) { return flush(); },
      [this](pop3::StartTls&) { return start_tls(); },
      [this](pop3::Authenticate& attempt) { return authenticate(attempt.credentials); },
      [this](pop3::NameClient& n) { return name_client(context_, session_, std::move(n)); },
      [this](pop3::FetchKeys& wanted) { return fetch_keys(std::move(wanted)); },
      [this](pop3::SendMessage& request) { return send(request); },
      [this](pop3::Commit& quit) { return commit(std::move(quit.deleted)); },
      [this](pop3::Close&) { return close(); },
  };
  return std::visit(performers, effect);
}

/// Tells the peer when the server ends the session, and the operator when an error does.
void Pop3Driver::say_why(const Error& error) {
  const bool before_login = tally_.account().empty();
  if (error.code == Errc::kLimit && before_login) meter_.report();
  report_end(context_, error, before_login);
  say_last_words(context_, session_, error, before_login);
}

/// Sends as much as goes without waiting, which nearly always is all of it.
Status Pop3Driver::send_answers() {
  std::string& output = session_.output();
  meter_.sent(output.size());
  const Status sent = context_.connection.send_now(output);
  context_.connection.expire_after(context_.settings->config.limits.idle_timeout);
  return sent;
}

net::Task<Status> Pop3Driver::catch_up() {
  Status status = co_await context_.connection.send(session_.output());
  context_.connection.expire_after(context_.settings->config.limits.idle_timeout);
  co_await context_.connection.yield();
  if (status && meter_.owes()) status = co_await meter_.pay();
  co_return status;
}

net::Task<Status> Pop3Driver::flush() {
  Status status = send_answers();
  if (status && !session_.output().empty())
    status = co_await context_.connection.send(session_.output());
  if (++answers_ % kAnswersATurn == 0) co_await context_.connection.yield();
  co_return status;
}

net::Task<Status> Pop3Driver::send(pop3::SendMessage request) {
  const Status status = co_await sender_.send(*maildrop_, request);
  message_sent(request, status);
  co_return status;
}

net::Task<Status> Pop3Driver::start_tls() {
  const Status sent = co_await flush();
  if (!sent) co_return sent;
  // What came before the handshake must not count after it (RFC 2595 s.4).
  context_.connection.discard_input();
  const Status started = co_await context_.connection.start_tls(context_.tls_context());
  if (!started) {
    report_stls_failure(context_, started.error());
    co_return started;
  }
  context_.count_tls();
  session_.tls_started(pop3_channel(context_));
  co_return ok();
}

net::Task<Status> Pop3Driver::fetch_keys(pop3::FetchKeys wanted) {
  if (!scram_) scram_ = std::make_unique<ScramExchange>(context_);
  const sasl::ScramKeys* const keys = co_await scram_->begin(std::move(wanted));
  if (keys == nullptr) session_.login_failed(pop3::LoginFailure::kTemporary);
  if (keys != nullptr) session_.keys_found(*keys, sasl::make_nonce());
  co_return ok();
}

net::Task<Status> Pop3Driver::authenticate(pop3::Credentials& credentials) {
  ScramProof scram = scram_ ? scram_->finish() : ScramProof();
  credentials.utf8 = session_.has_utf8();
  LoginOutcome outcome = co_await guarded_log_in(context_, credentials, std::move(scram));
  if (!outcome.succeeded()) {
    session_.login_failed(outcome.failure);
    co_return ok();
  }
  if (outcome.there) {
    quit_ = true;
    const PassedOn parts{context_, session_, meter_, tally_};
    co_return co_await pass_on(parts, std::move(outcome), std::move(credentials.method));
  }
  const accounts::Account& account = outcome.account;
  tally_.opened({account, outcome.view, credentials.method});
  tally_.logged_in(account.name, method_text(std::move(credentials.method), account, outcome.view));
  place_ = tally_.enter(account.device, outcome.view);
  meter_.logged_in(account.name);
  retention_ = retention_of(context_.settings->config.maildrop, account.allowance);
  maildrop_ = std::move(outcome.maildrop);
  listing_ = std::make_unique<MaildropListing>(*maildrop_);
  context_.connection.unbound_total();
  if (context_.place) context_.place->logged_in();
  session_.logged_in(*listing_, expire_after_login(retention_, *maildrop_));
  co_return ok();
}

void Pop3Driver::message_sent(const pop3::SendMessage& request, const Status& sent) {
  meter_.sent(sender_.sent_bytes());
  tally_.sent(sender_.sent_bytes());
  const Status& end = sent ? sender_.refused() : sent;
  const bool whole = !request.body_lines || sender_.sent_whole();
  if (tally_.is_retrieved(end, whole, *maildrop_, request.number) &&
      counts_from_retrieval(retention_))
    to_remember_.insert(request.number);
}

net::Task<Status> Pop3Driver::commit(std::vector<MessageNumber> deleted) {
  maildrop::SessionEnd end;
  end.deleted = std::move(deleted);
  end.retrieved.assign(to_remember_.begin(), to_remember_.end());
  const std::size_t count = end.deleted.size();
  tally_.will_delete(*maildrop_, end.deleted);
  Status done = ok();
  if (count != 0 || !end.retrieved.empty()) {
    auto work = [this, &end] { return maildrop_->commit(end); };
    const auto source = SessionContext::maildrop_source(tally_.account());
    done = co_await context_.services.disk_pool.run_for(net::Errand::kOwner, source, work);
  }
  tally_.committed(done);
  // A retrieval that was not noted keeps mail longer; every wish of the client was met.
  session_.committed(count == 0 ? ok() : done);
  co_return ok();
}

}  // namespace restante::server
