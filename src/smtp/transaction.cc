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

bool any_of(const std::vector<Delivery>& verdicts, Delivery verdict) {
  return std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end();
}

}  // namespace

Reply to_reply(Recipient verdict) {
  switch (verdict) {
    case Recipient::kAccepted: return Reply::kRecipientOk;
    case Recipient::kUnknown: return Reply::kUnknownRecipient;
    case Recipient::kNotLocal: return Reply::kNotLocal;
    case Recipient::kDisabled: return Reply::kDisabled;
    case Recipient::kOverQuota: return Reply::kOverQuota;
    case Recipient::kTemporary: return Reply::kTemporary;
  }
  return Reply::kTemporary;
}

Reply to_reply(Delivery verdict) {
  switch (verdict) {
    case Delivery::kDone: return Reply::kDelivered;
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
    case Failure::kSpool: return Reply::kDiskFull;
    case Failure::kNone: break;
  }
  return Reply::kTemporary;
}

Reply to_single_reply(const std::vector<Delivery>& verdicts) {
  if (any_of(verdicts, Delivery::kTemporary)) return Reply::kTemporary;
  if (any_of(verdicts, Delivery::kDiskFull)) return Reply::kDiskFull;
  if (!any_of(verdicts, Delivery::kOverQuota)) return Reply::kDelivered;
  return any_of(verdicts, Delivery::kDone) ? Reply::kPartlyOverQuota : Reply::kOverQuota;
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

void Transaction::add(std::string address) {
  const auto same = [&](const std::string& other) { return same_mailbox(address, other); };
  const auto found = std::find_if(recipients_.begin(), recipients_.end(), same);
  places_.push_back(static_cast<std::size_t>(found - recipients_.begin()));
  if (found == recipients_.end()) recipients_.push_back(std::move(address));
}

Envelope Transaction::envelope() const {
  Envelope envelope;
  envelope.sender = sender_;
  envelope.recipients = recipients_;
  envelope.smtputf8 = smtputf8_;
  return envelope;
}

std::string Transaction::answers(Dialect dialect, Reply reply) const {
  const std::size_t count = dialect == Dialect::kLmtp ? std::max<std::size_t>(accepted(), 1) : 1;
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text(reply);
  return out;
}

std::string Transaction::answers(Dialect dialect, const std::vector<Delivery>& verdicts) const {
  RESTANTE_CHECK(verdicts.size() == recipients_.size());
  if (dialect == Dialect::kSmtp) return std::string(text(to_single_reply(verdicts)));
  std::string out;
  for (const std::size_t place : places_) out += text(to_reply(verdicts[place]));
  return out;
}

}  // namespace restante::smtp
