#include "server/smtp_driver.h"

#include "server/ask_accounts.h"
#include "server/log.h"
#include "server/smtp_delivery.h"

namespace restante::server {
namespace {

smtp::Channel channel_of(const SessionContext& context) {
  smtp::Channel out;
  out.tls = context.connection.tls() != nullptr;
  out.starttls_available = context.may_start_tls();
  out.trusted = context.peer.trusted;
  return out;
}

}  // namespace

SmtpDriver::SmtpDriver(SessionContext& context, smtp::Dialect dialect)
    : context_(context),
      settings_(dialect == smtp::Dialect::kLmtp ? context.settings->lmtp : context.settings->smtp),
      session_(settings_, channel_of(context)) {}

net::Task<Status> SmtpDriver::run() {
  Status status = ok();
  while (status && !quit_) {
    smtp::Effect effect = session_.advance(context_.connection.input());
    if (std::holds_alternative<smtp::NeedInput>(effect)) {
      status = co_await need_input();
    } else if (std::holds_alternative<smtp::Flush>(effect)) {
      status = co_await flush();
    } else if (const auto* piece = std::get_if<smtp::StorePiece>(&effect)) {
      status = co_await store_piece(*piece);
    } else if (const auto* recipient = std::get_if<smtp::CheckRecipient>(&effect)) {
      co_await check_recipient(*recipient);
    } else if (auto* mail = std::get_if<smtp::Deliver>(&effect)) {
      status = co_await deliver(std::move(*mail));
    } else if (std::holds_alternative<smtp::StartTls>(effect)) {
      status = co_await start_tls();
    } else {
      status = co_await flush();
      quit_ = true;
    }
  }
  if (!status && (status.error().code == Errc::kState || status.error().code == Errc::kTimeout)) {
    const bool timeout = status.error().code == Errc::kTimeout;
    session_.shut_down(timeout ? smtp::Farewell::kTimeout : smtp::Farewell::kGoingDown);
    static_cast<void>(context_.connection.send_now(session_.output()));
  }
  context_.connection.finish();
  spdlog::debug("{} session={} peer={} mails={} ended={}", name_of(settings_.dialect), context_.id,
                context_.connection.peer().to_string(), mails_,
                status ? "quit" : for_log(status.error().message()));
  co_return status;
}

net::Task<Status> SmtpDriver::need_input() {
  if (!session_.output().empty()) {
    const Status sent = co_await flush();
    if (!sent) co_return sent;
  }
  context_.connection.expire_after(context_.settings->config.limits.smtp_timeout);
  const Status filled = co_await context_.connection.fill();
  co_return filled;
}

net::Task<Status> SmtpDriver::flush() {
  const Status sent = co_await context_.connection.send(session_.output());
  co_return sent;
}

net::Task<Status> SmtpDriver::start_tls() {
  const Status sent = co_await flush();
  if (!sent) co_return sent;
  context_.connection.discard_input();
  const Status started = co_await context_.connection.start_tls(context_.settings->tls);
  if (!started) {
    context_.services.metrics.tls_handshakes_failed.add();
    co_return started;
  }
  session_.tls_started(channel_of(context_));
  co_return ok();
}

net::Task<void> SmtpDriver::check_recipient(smtp::CheckRecipient request) {
  std::vector<QuotaHolder> holders;
  auto look_up = [this, &holders, &request]() -> Result<std::size_t> {
    RESTANTE_TRY(const auto accounts, context_.services.router.resolve(request.address));
    holders = quotas().holders(accounts);
    return accounts.size();
  };
  const Result<std::size_t> accounts = co_await ask_accounts(context_, request.address, look_up);
  if (!accounts) {
    session_.recipient_checked(refuse_recipient(request.address, accounts.error()));
    co_return;
  }
  bool full = false;
  // As long as one of them has no quota, somebody will get it.
  if (holders.size() == *accounts) {
    auto work = [this, &holders, &request] { return have_no_room(holders, request); };
    full = co_await context_.services.disk_pool.run(work);
  }
  if (!full) {
    session_.recipient_checked(smtp::Recipient::kAccepted, *accounts);
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
  // A quota may have been made smaller than what waits, and then no mail gets in to say so.
  for (const QuotaHolder& holder : holders) {
    const WarningTerms terms = warning_terms(services, context_.settings->config);
    const auto warned = services.quota_warnings->look(terms, holder);
    report_warning(holder.account, warned, services.metrics);
  }
  return true;
}

smtp::Recipient SmtpDriver::refuse_recipient(const std::string& address, const Error& reason) {
  context_.services.metrics.recipients_refused.add();
  spdlog::info("{} recipient refused session={} peer={} recipient={} reason={}",
               name_of(settings_.dialect), context_.id, context_.connection.peer().to_string(),
               for_log(address), for_log(reason.message()));
  return to_refusal(reason.code);
}

net::Task<Status> SmtpDriver::store_piece(smtp::StorePiece piece) {
  if (piece.first) spool_ = std::make_unique<Spool>(context_.settings->config.data_dir);
  spool_->append(piece.bytes);
  Status stored = ok();
  if (spool_->needs_flush()) {
    auto work = [this] {
      const Status room = check_room(context_, spool_->size());
      return room ? spool_->flush() : room;
    };
    stored = co_await context_.services.disk_pool.run(work);
    if (!stored)
      spdlog::error("spool session={} reason={}", context_.id, for_log(stored.error().message()));
  }
  session_.piece_stored(stored);
  co_return ok();
}

net::Task<Status> SmtpDriver::deliver(smtp::Deliver request) {
  ++mails_;
  if (!spool_) spool_ = std::make_unique<Spool>(context_.settings->config.data_dir);
  SmtpDelivery delivery(context_, session_, settings_.dialect,
                        context_.id + "." + std::to_string(mails_));
  co_await delivery.run(std::move(request), *spool_);
  spool_.reset();
  co_return ok();
}

}  // namespace restante::server
