#include "server/delivery.h"

#include <algorithm>
#include <unordered_map>

namespace restante::server {
namespace {

using smtp::Delivery;

Delivery to_verdict(Errc code) {
  if (code == Errc::kFull) return Delivery::kDiskFull;
  if (code == Errc::kLimit) return Delivery::kOverQuota;
  return Delivery::kTemporary;
}

Result<maildrop::Receipt> deliver_copy(maildrop::Store& store, const Mail& mail, const Route& route,
                                       const std::string& account) {
  const mail::TraceRecipient recipient(account, route.recipient, mail.arrived);
  mail::TraceHeader trace = mail::make_trace(mail.trace, recipient);
  maildrop::NewMessage message(std::move(trace.text), mail.body, trace.octets + mail.octets);
  message.arrived = mail.arrived;
  message.flags.utf8_header = mail.utf8_header;
  return store.deliver(account, message);
}

}  // namespace

DeliveryReport deliver(maildrop::Store& store, const Mail& mail, const std::vector<Route>& routes) {
  DeliveryReport report;
  std::unordered_map<std::string, Delivery> done;
  for (const Route& route : routes) {
    // A recipient that leads nowhere by now is not lost: its sender asks again and is told.
    Delivery verdict = route.accounts.empty() ? Delivery::kTemporary : Delivery::kDone;
    for (const std::string& account : route.accounts) {
      auto [place, is_new] = done.try_emplace(account, Delivery::kDone);
      if (is_new) {
        const auto receipt = deliver_copy(store, mail, route, account);
        if (receipt) {
          ++report.copies;
        } else {
          place->second = to_verdict(receipt.error().code);
          report.failures.push_back(account + ": " + receipt.error().message());
        }
      }
      // A temporary failure of one account makes the sender come again: nothing is lost, and the
      // others may get it twice.
      verdict = std::max(verdict, place->second);
    }
    report.verdicts.push_back(verdict);
  }
  return report;
}

}  // namespace restante::server
