#include "server/smtp_driver.h"

#include "server/ask_accounts.h"
#include "server/log.h"

namespace restante::server {
namespace {

smtp::Channel channel_of(const SessionContext& context) {
  smtp::Channel out;
  out.tls = context.connection.tls() != nullptr;
  out.starttls_available = context.may_start_tls();
  return out;
}

std::string_view name_of(smtp::Dialect dialect) {
  return dialect == smtp::Dialect::kLmtp ? "lmtp" : "smtp";
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
      const smtp::Recipient verdict = co_await check_recipient(*recipient);
      session_.recipient_checked(verdict);
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

net::Task<smtp::Recipient> SmtpDriver::check_recipient(smtp::CheckRecipient request) {
  std::vector<QuotaHolder> holders;
  auto look_up = [this, &holders, &request]() -> Result<std::size_t> {
    RESTANTE_TRY(const auto accounts, context_.services.router.resolve(request.address));
    holders = quotas().holders(accounts);
    source_.add(accounts);
    return accounts.size();
  };
  const Result<std::size_t> accounts = co_await ask_accounts(context_, request.address, look_up);
  if (!accounts) co_return refuse_recipient(request.address, accounts.error());
  // As long as one of them has no quota, somebody will get it.
  if (holders.size() < *accounts) co_return smtp::Recipient::kAccepted;
  auto work = [this, &holders, &request] {
    return all_are_full(context_.services.store, holders, request.declared_bytes);
  };
  const bool full = co_await on_disk(SessionContext::maildrop_source(holders[0].account), work);
  if (!full) co_return smtp::Recipient::kAccepted;
  context_.services.metrics.over_quota.add();
  co_return refuse_recipient(request.address, Error(Errc::kFull, "over quota"));
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
      const Status room = check_room(spool_->size());
      return room ? spool_->flush() : room;
    };
    stored = co_await on_disk(context_.fair_source(context_.id), work);
    if (!stored)
      spdlog::error("spool session={} reason={}", context_.id, for_log(stored.error().message()));
  }
  session_.piece_stored(stored);
  co_return ok();
}

mail::TraceValues SmtpDriver::trace_values(const smtp::Envelope& envelope) const {
  mail::TraceValues out(settings_.hostname, envelope.protocol);
  out.helo = envelope.helo;
  out.peer_address = context_.connection.peer().host;
  out.tls = context_.tls_text();
  out.id = context_.id + "." + std::to_string(mails_);
  out.sender = envelope.sender;
  return out;
}

net::Task<Status> SmtpDriver::deliver(smtp::Deliver request) {
  ++mails_;
  if (!spool_) spool_ = std::make_unique<Spool>(context_.settings->config.data_dir);
  const mail::TraceValues trace = trace_values(request.envelope);
  Mail mail(*spool_, trace);
  mail.octets = request.octets;
  mail.utf8_header = request.utf8_header;
  mail.arrived = context_.services.clock.now();
  Destinations destinations;
  auto look_up = [this, &destinations, &request]() -> Status {
    destinations = find_destinations(context_.services.router, quotas(), request.envelope);
    return ok();
  };
  const bool slow = context_.services.directory.is_slow();
  if (slow) {
    // Refused for want of room: without accounts every recipient is answered "later".
    const Status looked_up = co_await ask_accounts(context_, context_.id, look_up);
    if (!looked_up) destinations = nowhere(request.envelope);
  }
  DeliveryRules rules;
  rules.check_room = [this](std::uint64_t bytes) { return check_room(bytes); };
  rules.quota_of = [&destinations](const std::string& account) {
    return destinations.quotas.at(account);
  };
  rules.warning_percent = context_.settings->config.maildrop.quota_warning;
  auto work = [&] {
    if (!slow) static_cast<void>(look_up());
    return server::deliver(context_.services.store, mail, destinations.routes, rules);
  };
  const DeliveryReport report = co_await on_disk(source_.take(), work);
  spool_.reset();
  log_delivery(request.envelope, report);
  session_.delivered(report.verdicts);
  co_return ok();
}

void SmtpDriver::log_delivery(const smtp::Envelope& envelope, const DeliveryReport& report) const {
  Metrics& metrics = context_.services.metrics;
  metrics.mails_received.add();
  metrics.messages_delivered.add(report.copies);
  metrics.deliveries_failed.add(report.failures.size());
  metrics.over_quota.add(report.over_quota);
  metrics.disk_full.add(report.disk_full);
  metrics.quota_warnings.add(report.warned.size());
  spdlog::info("{} mail={}.{} peer={} from={} recipients={} delivered={} failed={}",
               name_of(settings_.dialect), context_.id, mails_,
               context_.connection.peer().to_string(), for_log(envelope.sender),
               envelope.recipients.size(), report.copies, report.failures.size());
  for (const std::string& account : report.warned)
    spdlog::warn("quota warning account={}", for_log(account));
  for (const std::string& failure : report.failures)
    spdlog::error("{} mail={}.{} not delivered: {}", name_of(settings_.dialect), context_.id,
                  mails_, for_log(failure));
}

}  // namespace restante::server
