// Puts one received mail into the maildrops of its recipients: the trace header for each, one
// durable append for each account (an account that several recipients lead to gets it once).
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "mail/trace.h"
#include "maildrop/store.h"
#include "smtp/server_session.h"

namespace restante::server {

/// A recipient as accepted, and the accounts it leads to.
struct Route {
  std::string recipient;
  std::vector<std::string> accounts;
};

struct DeliveryReport {
  std::vector<smtp::Delivery> verdicts;  ///< One for each route, in order.
  std::uint64_t copies = 0;              ///< Delivered.
  std::vector<std::string> failures;     ///< "account: reason", for the log.
};

/// What is delivered; none of it is owned.
struct Mail {
  Mail(maildrop::Source& b, const mail::TraceValues& t) : body(b), trace(t) {}

  maildrop::Source& body;
  const mail::TraceValues& trace;
  std::uint64_t octets = 0;
  bool utf8_header = false;
  WallTime arrived{};
};

/// Blocks for the disk. A route is kDone only when the mail is durable in all of its accounts.
DeliveryReport deliver(maildrop::Store& store, const Mail& mail, const std::vector<Route>& routes);

}  // namespace restante::server
