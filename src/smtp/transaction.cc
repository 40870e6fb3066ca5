#include "smtp/transaction.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"

namespace restante::smtp {
namespace {

// Local parts are compared as they are, domains without case (RFC 5321 s.2.4).
bool same_mailbox(std::string_view a, std::string_view b) {
  const auto x = mail::split_address(a);
  const auto y = mail::split_address(b);
  return x.local == y.local && equals_ignore_case(x.domain, y.domain);
}

bool any_of(const std::vector<Outcome>& outcomes, Delivery verdict) {
  return std::any_of(outcomes.begin(), outcomes.end(),
                     [verdict](const Outcome& outcome) { return outcome.verdict == verdict; });
}

}  // namespace

Reply to_reply(Recipient verdict) {
  switch (verdict) {
    case Recipient::kAccepted: return Reply::kRecipientOk;
    case Recipient::kUnknown: return Reply::kUnknownRecipient;
    case Recipient::kNotLocal: return Reply::kNotLocal;
    case Recipient::kDisabled: return Reply::kDisabled;
    case Recipient::kOverQuota: return Reply::kOverQuota;
    case Recipient::kOtherPlace: return Reply::kOtherPlace;
    case Recipient::kTemporary: return Reply::kTemporary;
  }
  return Reply::kTemporary;
}

Reply to_reply(Delivery verdict) {
  switch (verdict) {
    case Delivery::kDone: return Reply::kDelivered;
    case Delivery::kRefused: return Reply::kRefusedElsewhere;
    case Delivery::kLoop: return Reply::kLoop;
    case Delivery::kOverQuota: return Reply::kOverQuota;
    case Delivery::kDiskFull: return Reply::kDiskFull;
    case Delivery::kTemporary: return Reply::kTemporary;
  }
  return Reply::kTemporary;
}

Reply to_reply(Failure failure) {
  switch (failure) {
    case Failure::kTooLarge: return Reply::kTooLarge;
    case Failure::kBareNewline: return Reply::kBareNewline;
    case Failure::kLoop: return Reply::kLoop;
    case Failure::kEnvelopeTooLarge: return Reply::kEnvelopeTooLarge;
    case Failure::kSpool: return Reply::kDiskFull;
    case Failure::kNone: break;
  }
  return Reply::kTemporary;
}

Reply as_configured(Reply reply, const ServerSettings& settings) {
  if (!settings.full_is_temporary) return reply;
  if (reply == Reply::kOverQuota) return Reply::kFullForNow;
  return reply == Reply::kPartlyOverQuota ? Reply::kPartlyFullForNow : reply;
}

Reply to_single_reply(const std::vector<Outcome>& outcomes) {
  if (any_of(outcomes, Delivery::kTemporary)) return Reply::kTemporary;
  if (any_of(outcomes, Delivery::kDiskFull)) return Reply::kDiskFull;
  if (any_of(outcomes, Delivery::kLoop)) return Reply::kLoop;
  if (any_of(outcomes, Delivery::kRefused)) return Reply::kRefusedElsewhere;
  if (!any_of(outcomes, Delivery::kOverQuota)) return Reply::kDelivered;
  return any_of(outcomes, Delivery::kDone) ? Reply::kPartlyOverQuota : Reply::kOverQuota;
}

std::string protocol_name(Dialect dialect, bool extended, bool tls, bool smtputf8) {
  if (!extended) return "SMTP";
  std::string name = dialect == Dialect::kLmtp ? "LMTP" : smtputf8 ? "SMTP" : "ESMTP";
  if (smtputf8) name.insert(0, "UTF8");
  if (tls) name += 'S';
  return name;
}

void Transaction::begin(const MailArgument& mail) {
  reset();
  begun_ = true;
  smtputf8_ = mail.smtputf8;
  declared_bytes_ = mail.declared_bytes;
  sender_ = mail.sender.plain();
}

void Transaction::add(std::string address, std::size_t copies) {
  const auto same = [&](const std::string& other) { return same_mailbox(address, other); };
  const auto found = std::find_if(recipients_.begin(), recipients_.end(), same);
  places_.push_back(static_cast<std::size_t>(found - recipients_.begin()));
  if (found != recipients_.end()) return;
  recipients_.push_back(std::move(address));
  copies_ += copies;
}

Envelope Transaction::envelope() const {
  Envelope envelope;
  envelope.sender = sender_;
  envelope.recipients = recipients_;
  envelope.smtputf8 = smtputf8_;
  envelope.uid = uid_;
  return envelope;
}

/// With a unique id the message may have been refused for that.
Reply Transaction::as_asked(Reply reply, const ServerSettings& settings) const {
  if (reply == Reply::kRefusedElsewhere && !uid_.empty()) return Reply::kUidRefused;
  return as_configured(reply, settings);
}

std::string Transaction::answers(Dialect dialect, Reply reply) const {
  const std::size_t count = dialect == Dialect::kLmtp ? std::max<std::size_t>(accepted(), 1) : 1;
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text(reply);
  return out;
}

std::string Transaction::answer(const ServerSettings& settings, const std::vector<Outcome>& next) {
  outcomes_.insert(outcomes_.end(), next.begin(), next.end());
  RESTANTE_CHECK(outcomes_.size() <= recipients_.size());
  if (settings.dialect == Dialect::kSmtp) {
    if (!answered()) return {};
    const Reply reply = as_asked(to_single_reply(outcomes_), settings);
    return reply == Reply::kDelivered ? delivered_reply(outcomes_) : std::string(text(reply));
  }
  std::string out;
  // A recipient's first RCPT stands before any other of it, so places are known in their order.
  for (; told_ < places_.size() && places_[told_] < outcomes_.size(); ++told_) {
    const Outcome& outcome = outcomes_[places_[told_]];
    const Reply reply = as_asked(to_reply(outcome.verdict), settings);
    out += reply == Reply::kDelivered ? delivered_reply({outcome}) : std::string(text(reply));
  }
  return out;
}

}  // namespace restante::smtp
