#include "server/delivery.h"

#include <algorithm>
#include <unordered_map>

#include "server/quota.h"

namespace restante::server {
namespace {

using smtp::Delivery;

Delivery to_verdict(Errc code) {
  if (code == Errc::kFull) return Delivery::kDiskFull;
  if (code == Errc::kLimit) return Delivery::kOverQuota;
  return Delivery::kTemporary;
}

/// One mail on its way into its maildrops.
class Round {
 public:
  Round(maildrop::Store& store, const Mail& mail, const DeliveryRules& rules)
      : store_(store), mail_(mail), rules_(rules) {}

  void deliver(const Route& route);
  DeliveryReport take() { return std::move(report_); }

 private:
  Delivery deliver_to(const std::string& account, const Route& route);
  Status deliver_copy(const QuotaHolder& holder, const Route& route);
  void warn(const QuotaHolder& holder, const maildrop::Usage& before, std::uint64_t octets);

  maildrop::Store& store_;
  const Mail& mail_;
  const DeliveryRules& rules_;
  std::unordered_map<std::string, Delivery> done_;  ///< By account.
  DeliveryReport report_;
};

void Round::deliver(const Route& route) {
  // A recipient that leads nowhere by now is not lost: its sender asks again and is told.
  Delivery verdict = route.accounts.empty() ? Delivery::kTemporary : Delivery::kDone;
  for (const std::string& account : route.accounts) {
    const auto [place, is_new] = done_.try_emplace(account, Delivery::kDone);
    if (is_new) place->second = deliver_to(account, route);
    // A temporary failure of one account makes the sender come again: nothing is lost, and the
    // others may get it twice.
    verdict = std::max(verdict, place->second);
  }
  report_.verdicts.push_back(verdict);
}

Delivery Round::deliver_to(const std::string& account, const Route& route) {
  Result<maildrop::Quota> quota = maildrop::Quota();
  if (rules_.quota_of) quota = rules_.quota_of(account);
  Status delivered = ok();
  if (quota)
    delivered = deliver_copy(QuotaHolder{account, *quota}, route);
  else
    delivered = Error(Errc::kIo, quota.error().detail);
  if (delivered) {
    ++report_.copies;
    return Delivery::kDone;
  }
  report_.failures.push_back(account + ": " + delivered.error().message());
  const Delivery verdict = to_verdict(delivered.error().code);
  if (verdict == Delivery::kOverQuota) ++report_.over_quota;
  if (verdict == Delivery::kDiskFull) ++report_.disk_full;
  return verdict;
}

Status Round::deliver_copy(const QuotaHolder& holder, const Route& route) {
  const mail::TraceRecipient recipient(holder.account, route.recipient, mail_.arrived);
  mail::TraceHeader trace = mail::make_trace(mail_.trace, recipient);
  maildrop::NewMessage message(std::move(trace.text), mail_.body, trace.octets + mail_.octets);
  message.arrived = mail_.arrived;
  message.flags.utf8_header = mail_.utf8_header;
  message.quota = holder.quota;
  if (rules_.check_room) RESTANTE_CHECKED(rules_.check_room(message.octets));
  RESTANTE_TRY(const maildrop::Receipt receipt, store_.deliver(holder.account, message));
  warn(holder, receipt.before, message.octets);
  return ok();
}

/// The mail is delivered: trouble with the warning is told, but is no failure of it.
void Round::warn(const QuotaHolder& holder, const maildrop::Usage& before, std::uint64_t octets) {
  const maildrop::Usage after{before.messages + 1, before.octets + octets};
  if (!reached_warning_level(before, after, holder.quota, rules_.warning_percent)) return;
  const Status warned = warn_owner(store_, holder, after, mail_.arrived);
  if (warned)
    report_.warned.push_back(holder.account);
  else
    report_.failures.push_back(holder.account + ": quota warning: " + warned.error().message());
}

}  // namespace

DeliveryReport deliver(maildrop::Store& store, const Mail& mail, const std::vector<Route>& routes,
                       const DeliveryRules& rules) {
  Round round(store, mail, rules);
  for (const Route& route : routes) round.deliver(route);
  return round.take();
}

}  // namespace restante::server
