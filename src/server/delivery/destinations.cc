#include "server/delivery/destinations.h"

namespace restante::server {

// The accounts are looked up again: between RCPT and the end of the mail one may have gone, and a
// route without accounts must not be answered 250.
Destinations find_destinations(const Guide& guide, const smtp::Envelope& envelope) {
  Destinations out = nowhere(envelope);
  for (Route& route : out.routes) {
    if (guide.out_of_time && guide.out_of_time()) break;
    auto accounts = guide.router.resolve(route.recipient);
    if (!accounts) continue;
    route.accounts = std::move(*accounts);
    for (const std::string& account : route.accounts)
      if (!out.terms.contains(account)) out.terms.emplace(account, guide.book.terms_of(account));
  }
  return out;
}

smtp::Recipient to_refusal(Errc reason) {
  if (reason == Errc::kFull) return smtp::Recipient::kOverQuota;
  if (reason == Errc::kNotFound || reason == Errc::kSyntax) return smtp::Recipient::kUnknown;
  if (reason == Errc::kState) return smtp::Recipient::kNotLocal;
  if (reason == Errc::kAuth) return smtp::Recipient::kDisabled;
  return smtp::Recipient::kTemporary;
}

Destinations nowhere(const smtp::Envelope& envelope) {
  Destinations out;
  for (const std::string& recipient : envelope.recipients) out.routes.push_back({recipient, {}});
  return out;
}

}  // namespace restante::server
