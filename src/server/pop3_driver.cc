#include "server/pop3_driver.h"

#include "server/log.h"
#include "server/policy.h"
#include "server/pop3_settings.h"
#include "server/upkeep.h"

namespace restante::server {
namespace {

constexpr std::size_t kIdleOutputBytes = 2048;
constexpr std::uint32_t kAnswersATurn = 16;

/// An idle session holds no large buffer.
void drop_large(std::string& output) {
  if (output.empty() && output.capacity() > kIdleOutputBytes) std::string().swap(output);
}

}  // namespace

Pop3Driver::Pop3Driver(SessionContext& context)
    : context_(context),
      own_settings_(own_pop3_settings(context)),
      session_(own_settings_ ? *own_settings_ : context.settings->pop3, pop3_channel(context)) {}

net::Task<Status> Pop3Driver::run() {
  context_.connection.bound_total(context_.settings->config.limits.login_timeout);
  Status status = ok();
  while (status && !quit_) {
    pop3::Effect effect = session_.advance(context_.connection.input());
    if (std::holds_alternative<pop3::NeedInput>(effect)) {
      status = send_answers();
      if (status && must_catch_up()) status = co_await catch_up();
      if (status && meter_.owes()) status = co_await meter_.pay();
      drop_large(session_.output());
      if (status) status = co_await context_.connection.fill();
      if (status) status = meter_.received(context_.connection.input());
    } else if (std::holds_alternative<pop3::Flush>(effect)) {
      status = co_await flush();
    } else if (auto* attempt = std::get_if<pop3::Authenticate>(&effect)) {
      co_await authenticate(std::move(attempt->credentials));
    } else if (auto* wanted = std::get_if<pop3::FetchKeys>(&effect)) {
      co_await fetch_keys(std::move(*wanted));
    } else if (std::holds_alternative<pop3::FindExpire>(effect)) {
      session_.expire_found(announced_expire(context_));
    } else if (const auto* request = std::get_if<pop3::SendMessage>(&effect)) {
      if (!sender_.send_cached(*maildrop_, *request))
        status = co_await sender_.send(*maildrop_, *request);
      message_sent(*request, status);
    } else if (auto* quit = std::get_if<pop3::Commit>(&effect)) {
      co_await commit(std::move(quit->deleted));
    } else if (std::holds_alternative<pop3::StartTls>(effect)) {
      status = co_await start_tls();
    } else {
      maildrop_.reset();  // The lock is free before the client hears that the session is over.
      status = co_await flush();
      quit_ = true;
    }
  }
  if (!status) say_why(status.error());
  context_.connection.finish();
  log_end(status);
  co_return status;
}

/// What the peer hears when it is not the peer who ends it.
void Pop3Driver::say_why(const Error& error) {
  const bool too_much = error.code == Errc::kLimit && account_.empty();
  if (!too_much && error.code != Errc::kState) return;
  if (too_much) meter_.report();
  session_.shut_down(too_much ? "too much before a login, try again later"
                              : "server is going down, try again later");
  static_cast<void>(context_.connection.send_now(session_.output()));
}

/// As much as goes without waiting, as nearly always all of it does.
Status Pop3Driver::send_answers() {
  std::string& output = session_.output();
  meter_.sent(output.size());
  const Status sent = context_.connection.send_now(output);
  context_.connection.expire_after(context_.settings->config.limits.idle_timeout);
  return sent;
}

/// A slow peer has to take the rest, or others of this thread have their turn.
bool Pop3Driver::must_catch_up() {
  return !session_.output().empty() || ++answers_ % kAnswersATurn == 0;
}

net::Task<Status> Pop3Driver::catch_up() {
  const Status sent = co_await context_.connection.send(session_.output());
  context_.connection.expire_after(context_.settings->config.limits.idle_timeout);
  co_await context_.connection.yield();
  co_return sent;
}

net::Task<Status> Pop3Driver::flush() {
  Status status = send_answers();
  if (status && must_catch_up()) status = co_await catch_up();
  co_return status;
}

net::Task<Status> Pop3Driver::start_tls() {
  const Status sent = co_await flush();
  if (!sent) co_return sent;
  context_.connection.discard_input();
  const Status started = co_await context_.connection.start_tls(context_.settings->tls);
  if (!started) {
    context_.services.metrics.tls_handshakes_failed.add();
    co_return started;
  }
  session_.tls_started(pop3_channel(context_));
  co_return ok();
}

net::Task<void> Pop3Driver::fetch_keys(pop3::FetchKeys wanted) {
  const sasl::ScramKeys* const keys = co_await scram_.begin(std::move(wanted));
  if (keys == nullptr) session_.login_failed(pop3::LoginFailure::kTemporary);
  if (keys != nullptr) session_.keys_found(*keys, sasl::make_nonce());
}

net::Task<void> Pop3Driver::authenticate(pop3::Credentials credentials) {
  method_ = credentials.method;
  const accounts::ScramAnswer scram = scram_.finish();
  LoginOutcome outcome = co_await guarded_log_in(context_, credentials, scram);
  if (!outcome.maildrop) {
    session_.login_failed(outcome.failure);
    co_return;
  }
  retention_ = retention_of(context_.settings->config.maildrop, outcome.account.allowance);
  method_ = method_text(std::move(method_), outcome.account);
  account_ = std::move(outcome.account.name);
  maildrop_ = std::move(outcome.maildrop);
  meter_.logged_in(account_);
  listing_ = std::make_unique<MaildropListing>(*maildrop_);
  context_.services.metrics.pop3_sessions.add();
  context_.connection.unbound_total();
  session_.logged_in(*listing_, expire_days(retention_));
}

void Pop3Driver::message_sent(const pop3::SendMessage& request, const Status& sent) {
  retrieved_octets_ += sender_.sent_bytes();
  meter_.sent(sender_.sent_bytes());
  context_.services.metrics.octets_retrieved.add(sender_.sent_bytes());
  const Status& trouble = sent ? sender_.refused() : sent;
  if (!trouble && trouble.error().code != Errc::kClosed) {
    if (trouble.error().code == Errc::kCorrupt) context_.services.metrics.damage_found.add();
    spdlog::error("pop3 message not sent session={} user={} sequence={} reason={}", context_.id,
                  for_log(account_), to_number(maildrop_->info(request.number).sequence),
                  for_log(trouble.error().message()));
  } else if (trouble && !request.body_lines) {
    ++retrieved_;
    if (counts_from_retrieval(retention_)) to_remember_.insert(request.number);
    context_.services.metrics.messages_retrieved.add();
  }
}

net::Task<void> Pop3Driver::commit(std::vector<MessageNumber> deleted) {
  maildrop::SessionEnd end;
  end.deleted = std::move(deleted);
  end.retrieved.assign(to_remember_.begin(), to_remember_.end());
  Status done = ok();
  if (!end.deleted.empty() || !end.retrieved.empty()) {
    auto work = [this, &end] { return maildrop_->commit(end); };
    done = co_await context_.services.disk_pool.run(work);
  }
  if (done) {
    deletions_done(end.deleted.size());
  } else {
    spdlog::error("pop3 deletion failed session={} user={} messages={} reason={}", context_.id,
                  for_log(account_), end.deleted.size(), for_log(done.error().message()));
  }
  // A retrieval that could not be noted makes mail stay longer: nothing the client asked for
  // failed.
  session_.committed(end.deleted.empty() ? ok() : done);
}

void Pop3Driver::deletions_done(std::size_t count) {
  deleted_ = count;
  context_.services.metrics.messages_deleted.add(count);
  if (count != 0 && context_.services.upkeep != nullptr)
    context_.services.upkeep->deleted(account_);
}

void Pop3Driver::log_end(const Status& status) const {
  const std::string end = status ? "quit" : for_log(status.error().message());
  if (account_.empty()) {
    spdlog::debug("pop3 session={} peer={} ended={}", context_.id,
                  context_.connection.peer().to_string(), end);
    return;
  }
  spdlog::info(
      "pop3 session={} peer={} tls={} user={} method={} retrieved={} bytes={} deleted={} ended={}",
      context_.id, context_.connection.peer().to_string(), for_log(context_.tls_text()),
      for_log(account_), method_, retrieved_, retrieved_octets_, deleted_, end);
}

}  // namespace restante::server
