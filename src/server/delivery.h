// Puts one received mail into the maildrops of its recipients: the trace header for each, one
// durable append for each account (an account that several recipients lead to gets it once).
#pragma once

#include <functional>
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
  std::uint64_t over_quota = 0;          ///< Of these, those that the quota refused.
  std::uint64_t disk_full = 0;           ///< And those that found no room.
  std::vector<std::string> warned;       ///< Owners that were told that it fills up.
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

/// What is refused, and when an owner is warned.
struct DeliveryRules {
  /// Whether so many bytes more may be written (kFull); empty: the disk will tell.
  std::function<Status(std::uint64_t bytes)> check_room;
  /// Of an account; an error makes its delivery fail for now. Empty: nobody has a quota.
  std::function<Result<maildrop::Quota>(const std::string& account)> quota_of;
  std::uint32_t warning_percent = 0;  ///< At which the owner is told; 0: never.
};

/// Blocks for the disk. A route is kDone only when the mail is durable in all of its accounts.
DeliveryReport deliver(maildrop::Store& store, const Mail& mail, const std::vector<Route>& routes,
                       const DeliveryRules& rules);

}  // namespace restante::server
