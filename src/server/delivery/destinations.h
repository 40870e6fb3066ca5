// Where a received mail goes: each recipient's accounts and their terms, looked up together, since
// that may have to happen on another thread than the delivery.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "accounts/router.h"
#include "maildrop/store.h"
#include "server/delivery/delivery.h"
#include "server/delivery/quota.h"
#include "server/elsewhere/homes.h"
#include "smtp/server_session.h"

namespace restante::server {

/// The recipients whose mail goes to another server together.
struct HandedOn {
  FarIntake* intake = nullptr;
  std::vector<std::string> recipients{};  ///< As they are called there.
  std::vector<std::size_t> routes{};      ///< Of each of these, its place in Destinations::routes.
};

struct Destinations {
  std::vector<Route> routes;                          ///< One for each recipient, in order.
  std::vector<HandedOn> handed_on{};                  ///< By where it goes.
  std::map<std::string, Result<AccountTerms>> terms;  ///< Of every account in them.
};

/// Where a mail's recipients are looked up; none of it is owned.
struct Guide {
  const accounts::Router& router;
  const QuotaBook& book;
  std::function<bool()> out_of_time{};  ///< No further look; empty: never.
  const Homes* homes = nullptr;         ///< Null in tests: everybody is here.
  accounts::NameRules names{};
};

/// Asks the directory, and waits where it is slow. A recipient that leads nowhere by now, or cannot
/// be looked up (in time), has a route without accounts.
Destinations find_destinations(const Guide& guide, const smtp::Envelope& envelope);

/// The server that takes the mail of a recipient without an account here, for whom resolve() had
/// that error; null: there is none. Errors: kIo (its domain is elsewhere, and no server there takes
/// mail).
Result<FarIntake*> intake_of_unknown(const Guide& guide, const std::string& recipient,
                                     const Error& unknown);

/// The servers that take mail for these accounts, as a text that is the same for the same ones: an
/// envelope of SMTP goes to one place. Empty: all of it stays here.
std::string places_of(const Guide& guide, const std::vector<std::string>& accounts);

/// The answer to a recipient that has no destination for this reason. In doubt it is "later".
smtp::Recipient to_refusal(Errc reason);

/// The accounts cannot be asked: every recipient must be tried again.
Destinations nowhere(const smtp::Envelope& envelope);

}  // namespace restante::server
