#include "server/delivery/destinations.h"

#include <algorithm>
#include <set>

#include "server/common/log.h"

namespace restante::server {

namespace {

/// Null: its mail stays here.
Result<FarIntake*> intake_of(const Guide& guide, const std::string& account,
                             const Result<AccountTerms>& terms) {
  if (!terms) return nullptr;  // The delivery reports that error.
  const bool is_plain = terms->route == nullptr;
  if (is_plain && (guide.homes == nullptr || guide.homes->is_empty())) return nullptr;
  if (guide.homes == nullptr) return Error(Errc::kState, "no routes are known here");
  const std::string& called = terms->called.empty() ? account : terms->called;
  RESTANTE_TRY(const auto home, guide.homes->of_route(terms->route.get(), called));
  return home ? home->intake : nullptr;
}

void hand_on(Destinations& out, FarIntake& intake, std::string recipient, std::size_t route) {
  auto to = std::find_if(out.handed_on.begin(), out.handed_on.end(),
                         [&intake](const HandedOn& one) { return one.intake == &intake; });
  if (to == out.handed_on.end()) {
    out.handed_on.push_back({&intake});
    to = std::prev(out.handed_on.end());
  }
  to->recipients.push_back(std::move(recipient));
  to->routes.push_back(route);
  out.routes[route].elsewhere = smtp::Delivery::kTemporary;  // Until that server has taken it.
}

void find_destination(const Guide& guide, std::size_t place, Destinations& out) {
  Route& route = out.routes[place];
  auto accounts = guide.router.resolve(route.recipient);
  if (!accounts) {
    const auto intake = intake_of_unknown(guide, route.recipient, accounts.error());
    if (intake && *intake != nullptr) hand_on(out, **intake, route.recipient, place);
    return;
  }
  for (std::string& account : *accounts) {
    const auto [terms, is_new] = out.terms.try_emplace(account, Error(Errc::kIo));
    if (is_new) terms->second = guide.book.terms_of(account);
    const auto intake = intake_of(guide, account, terms->second);
    if (!intake) {
      spdlog::error("mail waits account={} reason={}", for_log(account),
                    for_log(intake.error().message()));
      route.elsewhere = smtp::Delivery::kTemporary;
    } else if (*intake != nullptr) {
      const std::string& called = terms->second->called;
      hand_on(out, **intake, called.empty() ? account : called, place);
    } else {
      route.accounts.push_back(std::move(account));
    }
  }
}

}  // namespace

// The accounts are looked up again: between RCPT and the end of the mail one may have gone, and a
// route without accounts must not be answered 250.
Destinations find_destinations(const Guide& guide, const smtp::Envelope& envelope) {
  Destinations out = nowhere(envelope);
  for (std::size_t place = 0; place < out.routes.size(); ++place) {
    // The rest is answered "later": a sender that waits for longer than its own time-out would send
    // all of it again.
    if (guide.out_of_time && guide.out_of_time()) break;
    find_destination(guide, place, out);
  }
  return out;
}

Result<FarIntake*> intake_of_unknown(const Guide& guide, const std::string& recipient,
                                     const Error& unknown) {
  // A back end that is down says neither: its recipients are asked for again, and not sent
  // elsewhere.
  const bool is_nobodys = unknown.code == Errc::kNotFound || unknown.code == Errc::kState;
  if (!is_nobodys || guide.homes == nullptr || guide.homes->is_empty()) return nullptr;
  const auto name = accounts::canonical_address(recipient, guide.names);
  if (!name) return nullptr;
  const auto home = guide.homes->of_name(*name);
  if (!home) return nullptr;
  if (home->intake == nullptr) return Error(Errc::kIo, "its domain's route has no lmtp");
  return home->intake;
}

std::string places_of(const Guide& guide, const std::vector<std::string>& accounts) {
  if (guide.homes == nullptr || guide.homes->is_empty()) return {};
  std::set<std::string> names;
  for (const std::string& account : accounts) {
    const auto intake = intake_of(guide, account, guide.book.terms_of(account));
    names.insert(intake && *intake != nullptr ? (*intake)->name : std::string());
  }
  std::string out;
  for (const std::string& name : names) out += name + " ";
  return names.size() == 1 && names.begin()->empty() ? std::string() : out;
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
