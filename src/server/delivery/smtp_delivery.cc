#include "server/delivery/smtp_delivery.h"

#include <algorithm>

#include "server/common/back_ends.h"
#include "server/common/disk_room.h"
#include "server/common/log.h"
#include "server/common/mail_watcher.h"
#include "server/common/refusals.h"
#include "server/delivery/delivery_acts.h"
#include "server/elsewhere/hand_on.h"
#include "server/login/ask_accounts.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using Steady = std::chrono::steady_clock;

std::string beginning_of(Spool& spool) {
  std::string beginning(std::min<std::uint64_t>(spool.size(), mail::kIdsWithinBytes), '\0');
  // Without it the log says less.
  if (!spool.read(0, std::as_writable_bytes(std::span(beginning)))) beginning.clear();
  return beginning;
}

}  // namespace

Status check_room(const SessionContext& context, std::uint64_t bytes) {
  const settings::Config& config = context.settings->config;
  return check_room(config.data_dir, config.maildrop.reserve, bytes);
}

SmtpDelivery::SmtpDelivery(SessionContext& context, smtp::ServerSession& session,
                           smtp::Dialect dialect, std::string id)
    : context_(context),
      session_(session),
      dialect_(dialect),
      id_(std::move(id)),
      slow_(context.services.directory.is_slow()) {
  make_rules();
  const accounts::Settings& accounts = context_.settings->config.accounts;
  if (!accounts.archive_account.empty()) archive_.emplace(archive_account_for(accounts, id_));
}

void SmtpDelivery::make_rules() {
  rules_.check_room = [this](std::uint64_t bytes) { return server::check_room(context_, bytes); };
  rules_.terms_of = [this](const std::string& account) { return destinations_.terms.at(account); };
  rules_.out_of_time = [this] {
    return peer_gone_ || Steady::now() - began_ >= limits::kEnvelopeTime;
  };
  if (context_.services.quota_warnings == nullptr) return;
  rules_.warn = [this](const QuotaHolder& holder, const maildrop::Usage& usage,
                       const std::optional<maildrop::Usage>& before) {
    const Services& services = context_.services;
    return services.quota_warnings->consider(warning_terms(services, context_.settings->config),
                                             holder, usage, before);
  };
}

net::Task<void> SmtpDelivery::run(smtp::Deliver request, Spool& spool) {
  // Before it is looked up: who has moved by then is not told where it was.
  const Homes* const homes = context_.services.homes;
  if (homes != nullptr && !homes->is_empty()) under_way_ = homes->mail().begin();
  if (slow_) {
    auto look_up = [this, &request]() -> Status {
      find_destinations(request.envelope);
      return ok();
    };
    // Too many lookups wait already: without accounts every recipient is answered "later".
    const Status looked_up =
        co_await ask_accounts(context_, net::Errand::kMail, context_.id, look_up);
    if (!looked_up) destinations_ = nowhere(request.envelope);
  }
  auto begin = [this, &request, &spool] {
    prepare(request, spool);
    // Before any other place, and before the sender hears of it.
    if (archive_) archive_->store(context_.services.store, *mail_, rules_, destinations_);
    // Copies for other servers go first: until they have gone, the sender sends the mail again.
    if (!destinations_.handed_on.empty()) return false;
    under_way_.reset();
    delivery_.emplace(context_.services.store, *mail_, destinations_.routes, rules_);
    // A single copy is stored at once, on this thread of the pool.
    const bool alone = delivery_->copies().size() <= 1;
    if (alone) delivery_->store({});
    return alone;
  };
  net::BlockingPool& pool = context_.services.disk_pool;
  const bool done = co_await pool.run_for(net::Errand::kMail, source_, begin);
  if (!delivery_) {
    co_await hand_on_all(request, spool);
    under_way_.reset();
    delivery_.emplace(context_.services.store, *mail_, destinations_.routes, rules_);
  }
  if (!done) co_await store();
  count();
  write_log(request.envelope);
  tell();
}

/// Several copies at once: each waits for the sync of its own maildrop.
net::Task<void> SmtpDelivery::store() {
  // LMTP has an answer for each recipient, so each is told as soon as it is known.
  const bool at_once = dialect_ == smtp::Dialect::kLmtp;
  auto ended = [this, at_once] {
    if (at_once) context_.connection.worker().post([this] { tell(); });
  };
  auto work = [this, &ended] { delivery_->store(ended); };
  const std::size_t threads = std::min(delivery_->copies().size(), limits::kEnvelopeThreads);
  if (threads != 0)
    co_await context_.services.disk_pool.run_together(net::Errand::kMail, source_, threads, work);
}

net::Task<void> SmtpDelivery::hand_on_all(const smtp::Deliver& request, Spool& spool) {
  MailToHandOn mail{request.envelope, *trace_, spool};
  mail.octets = request.octets;
  mail.body_is_near = spool.is_near();
  mail.source = source_;
  mail.now = mail_->arrived;
  for (const HandedOn& one : destinations_.handed_on) {
    std::vector<smtp::MailAnswer> answers;
    if (!goes_round_) answers = co_await hand_on(context_, *one.intake, mail, one.recipients);
    for (std::size_t i = 0; i < one.recipients.size(); ++i) {
      Route& route = destinations_.routes[one.routes[i]];
      const smtp::Delivery before = verdicts_.try_emplace(one.routes[i]).first->second;
      const auto after = goes_round_ ? smtp::Delivery::kLoop : smtp::to_delivery(answers[i]);
      verdicts_[one.routes[i]] = std::max(before, after);
      route.elsewhere = verdicts_[one.routes[i]];
    }
  }
  // A recipient may have accounts here, too. They get the mail only when it has gone there:
  // otherwise the sender's next try would bring it twice.
  for (Route& route : destinations_.routes)
    if (route.elsewhere == smtp::Delivery::kTemporary) route.accounts.clear();
}

void SmtpDelivery::find_destinations(const smtp::Envelope& envelope) {
  const QuotaBook book(context_.services.directory, context_.settings->config);
  const auto out_of_time = [this] { return Steady::now() - began_ >= limits::kEnvelopeLookupTime; };
  const Guide guide{context_.services.router, book, out_of_time, context_.services.homes,
                    context_.settings->config.accounts.names};
  destinations_ = server::find_destinations(guide, envelope);
  if (archive_) archive_->find(context_.services, context_.settings->config);
}

void SmtpDelivery::prepare(const smtp::Deliver& request, Spool& spool) {
  if (!slow_) find_destinations(request.envelope);
  const std::string beginning = beginning_of(spool);
  ids_ = mail::find_message_ids(beginning);
  goes_round_ = !destinations_.handed_on.empty() && goes_round(beginning);
  trace_.emplace(context_.settings->config.hostname, request.envelope.protocol);
  trace_->helo = request.envelope.helo;
  trace_->peer_address = context_.connection.peer().host;
  trace_->tls = context_.tls_text();
  trace_->id = id_;
  trace_->sender = request.envelope.sender;
  mail_.emplace(spool, *trace_);
  mail_->octets = request.octets;
  mail_->utf8_header = request.utf8_header;
  mail_->arrived = context_.services.clock.now();
  mail_->uid = request.envelope.uid;
}

/// Tells the outcomes that are known by now. A peer that is gone will send the mail again: a copy
/// that is not begun by then does not come twice.
void SmtpDelivery::tell() {
  auto outcomes = delivery_->take_outcomes();
  if (outcomes.empty()) return;
  const bool names = dialect_ == smtp::Dialect::kLmtp || context_.peer.trusted;
  for (smtp::Outcome& outcome : outcomes) {
    outcome.mail = id_;
    if (!names) outcome.uids.clear();  // An id tells how much mail its owner gets.
  }
  session_.delivered(outcomes);
  if (!context_.connection.send_now(session_.output())) peer_gone_ = true;
}

void SmtpDelivery::count() const {
  Metrics& metrics = context_.services.metrics;
  Measures& measures = *context_.services.measures;
  MailWatcher* const watcher = context_.services.mail_watcher;
  metrics.mails_received.add();
  for (const Copy& copy : delivery_->copies()) {
    const bool is_stored = copy.verdict == smtp::Delivery::kDone && !copy.was_there;
    if (is_stored) metrics.messages_delivered.add();
    if (is_stored && watcher != nullptr) watcher->delivered(copy.account);
    if (copy.verdict == smtp::Delivery::kOverQuota) metrics.over_quota.add();
    if (copy.verdict == smtp::Delivery::kDiskFull) metrics.disk_full.add();
    if (copy.warned) metrics.quota_warnings.add();
    metrics.deliveries_failed.add(copy.failures.size());
    measures.count_delivery(dialect_ == smtp::Dialect::kLmtp ? 0 : 1,
                            static_cast<std::size_t>(copy.verdict));
    if (is_stored) measures.octets_delivered.add(mail_->octets);
  }
  if (archive_) archive_->count(context_.services);
}

void SmtpDelivery::write_log(const smtp::Envelope& envelope) const {
  const std::vector<Copy>& copies = delivery_->copies();
  MailNotes notes(name_of(dialect_), id_, envelope);
  notes.ids = ids_;
  if (journal::Journal* const journal = context_.services.journal) {
    notes.peer = context_.connection.peer().host;
    std::vector<journal::Act> acts = delivery_acts(notes, destinations_.routes, copies);
    if (archive_ && archive_->is_tried()) acts.push_back(archive_act(notes, archive_->copy()));
    journal->note_all(acts);
  }
  if (spdlog::should_log(spdlog::level::info)) {
    notes.peer = context_.connection.peer().to_string();
    for (const std::string& line : delivery_lines(notes, destinations_.routes, copies))
      spdlog::info("{}", line);
  }
  if (archive_ && archive_->is_tried()) {
    write_archived(notes, archive_->copy());
    if (archive_->is_done()) write_trouble(archive_->copy());
  }
  for (const Copy& copy : copies) write_trouble(copy);
}

void SmtpDelivery::write_trouble(const Copy& copy) const {
  if (copy.warned) spdlog::warn("quota warning account={}", for_log(copy.account));
  for (const std::string& view : copy.released)
    spdlog::warn("view released account={} view={} reason=\"quota is full, not used for a week\"",
                 for_log(copy.account), for_log(view));
  for (const std::string& failure : copy.failures)
    spdlog::error("{} mail={} {}: {}", name_of(dialect_), id_,
                  copy.verdict == smtp::Delivery::kDone ? "delivered, but" : "not delivered",
                  for_log(failure));
}

}  // namespace restante::server
