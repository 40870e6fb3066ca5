#include "server/session/smtp_driver.h"

#include "base/overloaded.h"
#include "server/common/back_ends.h"
#include "server/common/log.h"
#include "server/common/proxied_client.h"
#include "server/common/refusals.h"
#include "server/delivery/smtp_delivery.h"
#include "server/login/ask_accounts.h"
#include "server/session/smtp_channel.h"

namespace restante::server {

SmtpDriver::SmtpDriver(SessionContext& context, smtp::Dialect dialect)
    : context_(context),
      settings_(dialect == smtp::Dialect::kLmtp ? context.settings->lmtp : context.settings->smtp),
      session_(settings_, smtp_channel(context)),
      spool_(context, name_of(dialect)) {}

net::Task<Status> SmtpDriver::run() {
  Status status = ok();
  while (status && !quit_) {
    smtp::Effect effect = session_.advance(context_.connection.input());
    report_refusals(context_, settings_.dialect, session_.refusals());
    status = co_await perform(effect);
  }
  if (!status && (status.error().code == Errc::kState || status.error().code == Errc::kTimeout)) {
    const bool timeout = status.error().code == Errc::kTimeout;
    report_farewell(context_, settings_.dialect, session_.receiving(), status.error());
    session_.shut_down(timeout ? smtp::Farewell::kTimeout : smtp::Farewell::kGoingDown);
    static_cast<void>(context_.connection.send_now(session_.output()));
  }
  context_.connection.finish();
  spdlog::debug("{} session={} peer={} mails={} ended={}", name_of(settings_.dialect), context_.id,
                context_.connection.peer().to_string(), mails_,
                status ? "quit" : for_log(status.error().message()));
  co_return status;
}

/// `effect` outlives the returned coroutine, and is used up.
net::Task<Status> SmtpDriver::perform(smtp::Effect& effect) {
  const Overloaded performers{
      [this](smtp::NeedInput&) { return need_input(); },
      [this](smtp::Flush&) { return flush(); },
      [this](smtp::SlowDown&) { return stranger_.slow_down(); },
      [this](smtp::StartTls&) { return start_tls(); },
      [this](smtp::NameClient& named) { return name_client(std::move(named)); },
      [this](smtp::CheckRecipient& request) { return take_recipient(std::move(request)); },
      [this](smtp::StorePiece& piece) { return store(piece); },
      [this](smtp::Deliver& mail) { return deliver(std::move(mail)); },
      [this](smtp::Close&) { return close(); },
  };
  return std::visit(performers, effect);
}

net::Task<Status> SmtpDriver::need_input() {
  const bool receiving = session_.receiving();
  if (!receiving) spool_.drop();  // Of a mail that was refused or reset.
  if (!session_.output().empty()) {
    const Status sent = co_await flush();
    if (!sent) co_return sent;
  }
  const Status patient = stranger_.begin_wait(receiving);
  if (!patient) co_return patient;
  const Status filled = co_await context_.connection.fill();
  stranger_.end_wait();
  co_return filled;
}

net::Task<Status> SmtpDriver::flush() {
  stranger_.answered();
  const Status sent = co_await context_.connection.send(session_.output());
  co_return sent;
}

net::Task<Status> SmtpDriver::start_tls() {
  const Status sent = co_await flush();
  if (!sent) co_return sent;
  // Commands from before the handshake may be an attacker's.
  context_.connection.discard_input();
  const Status started = co_await context_.connection.start_tls(context_.tls_context());
  if (!started) {
    context_.services.metrics.tls_handshakes_failed.add();
    report_tls_failure(context_, settings_.dialect, started.error());
    co_return started;
  }
  context_.count_tls();
  session_.tls_started(smtp_channel(context_));
  co_return ok();
}

net::Task<Status> SmtpDriver::store(smtp::StorePiece piece) {
  const Status stored = co_await spool_.store(piece);
  session_.piece_stored(stored);
  co_return ok();  // The mail has failed, not the session, which tells the client.
}

net::Task<Status> SmtpDriver::name_client(smtp::NameClient named) {
  const Status taken = take_xclient(context_, named.client, session_.output());
  if (taken && named.client) session_.client_named(smtp_channel(context_));
  co_return taken;
}

net::Task<Status> SmtpDriver::close() {
  quit_ = true;
  return flush();
}

net::Task<Status> SmtpDriver::take_recipient(smtp::CheckRecipient request) {
  co_await check_recipient(std::move(request));
  if (!stranger_.owes()) co_return ok();
  co_return co_await stranger_.pay();
}

Result<CheckedRecipient> SmtpDriver::look_up(const std::string& address) {
  const QuotaBook book = quotas();
  return server::check_recipient({context_.services.router,
                                  book,
                                  {},
                                  context_.services.homes,
                                  context_.settings->config.accounts.names},
                                 address);
}

net::Task<void> SmtpDriver::check_recipient(smtp::CheckRecipient request) {
  auto work = [this, &request] { return look_up(request.address); };
  const Result<CheckedRecipient> checked =
      co_await ask_accounts(context_, net::Errand::kMail, request.address, work);
  if (!checked) {
    session_.recipient_checked(refuse_recipient(request.address, checked.error()));
    co_return;
  }
  // SMTP has one answer for all recipients of an envelope, which can be true of one place only.
  if (!request.first && settings_.dialect == smtp::Dialect::kSmtp && place_ != checked->place) {
    session_.recipient_checked(smtp::Recipient::kOtherPlace);
    co_return;
  }
  if (request.first) static_cast<void>(source_.take());
  place_ = checked->place;
  source_.add(checked->accounts);
  const std::vector<QuotaHolder>& holders = checked->holders;
  bool full = false;
  // An address that has asked too often hears of a full maildrop only when the mail has come.
  if (checked->may_be_full() && stranger_.may_ask_for_quota(holders)) {
    auto look = [this, &holders, &request] { return have_no_room(holders, request); };
    full = co_await on_disk(SessionContext::maildrop_source(holders[0].account), look);
  }
  if (!full) {
    session_.recipient_checked(smtp::Recipient::kAccepted, checked->copies);
    co_return;
  }
  context_.services.metrics.over_quota.add();
  const Error reason(Errc::kFull, "over quota");
  session_.recipient_checked(refuse_recipient(request.address, reason));
}

bool SmtpDriver::have_no_room(const std::vector<QuotaHolder>& holders,
                              const smtp::CheckRecipient& request) {
  Services& services = context_.services;
  if (!all_are_full(services.store, holders, request.declared_bytes)) return false;
  if (services.quota_warnings == nullptr) return true;
  // A quota may have been made smaller than the stored mail: then no delivery has told the owner.
  for (const QuotaHolder& holder : holders) {
    const WarningTerms terms = warning_terms(services, context_.settings->config);
    const auto warned = services.quota_warnings->look(terms, holder);
    report_warning(holder.account, warned, services.metrics);
  }
  return true;
}

smtp::Recipient SmtpDriver::refuse_recipient(const std::string& address, const Error& reason) {
  context_.services.metrics.recipients_refused.add();
  const smtp::Recipient verdict = to_refusal(reason.code);
  if (const auto note = stranger_.recipient_refused(verdict))
    spdlog::info("{} recipient refused session={} peer={} recipient={} reason={}{}",
                 name_of(settings_.dialect), context_.id, context_.connection.peer().to_string(),
                 for_log(address), for_log(reason.message()), *note);
  return verdict;
}

net::Task<Status> SmtpDriver::deliver(smtp::Deliver request) {
  ++mails_;
  SmtpDelivery delivery(context_, session_, settings_.dialect,
                        context_.id + "." + std::to_string(mails_));
  delivery.set_source(source_.take());
  co_await delivery.run(std::move(request), spool_.whole());
  stranger_.answered();
  spool_.drop();
  co_return ok();
}

}  // namespace restante::server
