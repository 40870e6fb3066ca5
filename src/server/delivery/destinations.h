// Where a received mail goes: each recipient's accounts and what may wait in their maildrops,
// looked up together, since that may have to happen on another thread than the delivery.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "accounts/router.h"
#include "maildrop/store.h"
#include "server/delivery/delivery.h"
#include "server/delivery/quota.h"
#include "smtp/server_session.h"

namespace restante::server {

struct Destinations {
  std::vector<Route> routes;                          ///< One for each recipient, in order.
  std::map<std::string, Result<AccountTerms>> terms;  ///< Of every account in them.
};

/// Where a mail's recipients are looked up; none of it is owned.
struct Guide {
  const accounts::Router& router;
  const QuotaBook& book;
  std::function<bool()> out_of_time{};  ///< No further look; empty: never.
};

/// Asks the directory, and waits where it is slow. A recipient that leads nowhere by now, or cannot
/// be looked up (in time), has a route without accounts.
Destinations find_destinations(const Guide& guide, const smtp::Envelope& envelope);

/// What a recipient is told that has no destination for this reason. What is not known to be wrong
/// is answered "later".
smtp::Recipient to_refusal(Errc reason);

/// No accounts for anybody: every recipient is to be tried again.
Destinations nowhere(const smtp::Envelope& envelope);

}  // namespace restante::server
