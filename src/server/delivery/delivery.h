// Puts one received mail into the maildrops of its recipients: the trace header for each account,
// one durable append for each copy. An account that several recipients lead to gets one copy with
// all its addresses, or one for each of them, as it wants.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "mail/trace.h"
#include "maildrop/store.h"
#include "server/delivery/quota_warnings.h"
#include "smtp/server_session.h"

namespace restante::server {

/// A recipient as accepted, and the accounts it leads to.
struct Route {
  std::string recipient;
  std::vector<std::string> accounts;
  /// The outcome elsewhere, where some of its accounts live elsewhere; they are not among
  /// `accounts`.
  std::optional<smtp::Delivery> elsewhere{};
};

/// The mail to deliver; none of it is owned.
struct Mail {
  Mail(maildrop::Source& b, const mail::TraceValues& t) : body(b), trace(t) {}

  maildrop::Source& body;  ///< Read by several threads at once.
  const mail::TraceValues& trace;
  std::uint64_t octets = 0;
  bool utf8_header = false;
  WallTime arrived{};
  std::string uid{};  ///< As smtp::Envelope::uid.
};

/// The rules for refusals and warnings. Called by several threads at once.
struct DeliveryRules {
  /// Whether this many bytes more may be written (kFull); empty: the disk will tell.
  std::function<Status(std::uint64_t bytes)> check_room;
  /// Of an account; an error makes its delivery fail for now. Empty: no account has a quota.
  std::function<Result<AccountTerms>(const std::string& account)> terms_of;
  /// Whether no further copy may be begun: the rest is answered "later". Empty: never.
  std::function<bool()> out_of_time;
  /// Tells owners that their maildrop fills up. Empty: no warnings.
  std::function<Result<bool>(const QuotaHolder& holder, const maildrop::Usage& usage,
                             const std::optional<maildrop::Usage>& before)>
      warn;
};

/// One mail in one maildrop.
struct Copy {
  explicit Copy(std::string a) : account(std::move(a)) {}

  std::string account;
  std::vector<std::size_t> routes;  ///< The recipients whose addresses it carries.
  AccountTerms terms{};
  smtp::Delivery verdict = smtp::Delivery::kTemporary;
  std::string uid{};
  bool was_there = false;  ///< The maildrop has had this uid: nothing was stored, and it is done.
  std::uint64_t octets = 0;
  std::vector<std::string> failures{};  ///< Of the delivery, and of the warning after it.
  bool warned = false;
  std::vector<std::string> released{};  ///< Views that it had to take room from.
  bool ended = false;
};

/// One mail on its way into its maildrops. Made by one thread; store() may be called by several at
/// once, take_outcomes() meanwhile by another.
class EnvelopeDelivery {
 public:
  /// None of it is owned; all of it outlives the delivery.
  EnvelopeDelivery(maildrop::Store& store, const Mail& mail, const std::vector<Route>& routes,
                   const DeliveryRules& rules);

  /// Stores copies, one after the other, until each has been begun. After each, `ended` is called.
  /// Blocks for the disk.
  void store(const std::function<void()>& ended);

  /// The outcomes of the next routes, in their order, up to the first with a copy that has not
  /// ended. A route is kDone only when the mail is durable in all of its accounts.
  std::vector<smtp::Outcome> take_outcomes();

  /// The copies. Complete when store() has returned to all its callers.
  [[nodiscard]] const std::vector<Copy>& copies() const { return copies_; }

 private:
  using Places = std::unordered_map<std::string, std::size_t>;

  std::size_t place_of(const std::string& account, Places& places);
  void deliver(Copy& copy);
  Status deliver_copy(Copy& copy);
  void warn(Copy& copy, const maildrop::Usage& usage, const std::optional<maildrop::Usage>& before);

  maildrop::Store& store_;
  const Mail& mail_;
  const std::vector<Route>& routes_;
  const DeliveryRules& rules_;
  std::vector<std::vector<std::size_t>> copies_of_;  ///< For each route, places in copies_.
  std::mutex mutex_;                                 ///< Guards everything below.
  std::vector<Copy> copies_;  ///< One that is begun and has not ended is its thread's alone.
  std::size_t next_ = 0;      ///< Not begun yet.
  std::size_t told_ = 0;      ///< Routes that take_outcomes() gave.
};

}  // namespace restante::server
