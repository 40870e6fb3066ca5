// Who has an account and which addresses lead to it: the interface that every back end implements
// (sqlite, passwd-file). It hands out secrets as stored; checking them is password.h's work, and
// caching and equal cost for unknown names is authenticator.h's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/device_password.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts {

struct Account {
  std::string name;    ///< Canonical: local part and domain, folded. Names the maildrop, too.
  std::string secret;  ///< "{SCHEME}…" as stored. Never logged.
  bool enabled = true;
  Allowance allowance{};
  std::vector<Device> devices{};  ///< Each with a password of its own.
  std::string device{};           ///< Set by a login: the label whose password it was, if any.
};

/// Read side of the accounts. Callable from any thread; must answer from memory or a local file in
/// microseconds (slow back ends come with an interface of their own).
class Directory {
 public:
  virtual ~Directory() = default;

  /// `name` is canonical (see names.h). Errors: kNotFound, kIo (the back end is down: never to be
  /// taken for a wrong password).
  virtual Result<Account> find(std::string_view name) = 0;

  /// What an alias leads to: canonical account or alias addresses. `address` is canonical, or
  /// "@domain" for the catch-all. Errors: kNotFound, kIo.
  virtual Result<std::vector<std::string>> find_alias(std::string_view address) = 0;

  /// True when any account or alias has this (folded) domain. Errors: kIo.
  virtual Result<bool> has_domain(std::string_view domain) = 0;

  /// Over all accounts; a back end where no account has a retention of its own need not say so.
  /// Errors: kIo.
  virtual Result<RetentionSpread> retention_spread() { return RetentionSpread{}; }

  /// Notes that this account's `device` has logged in, in memory; in microseconds, for an event
  /// loop, too. Back ends without devices have nothing to do.
  virtual void device_used(const Account& /*account*/, WallTime /*now*/) {}
  /// Writes down what was noted. Not for an event loop. Errors: kIo, kBusy; then it stays noted.
  virtual Status save_device_uses() { return ok(); }

  /// Re-reads whatever is kept in memory (SIGHUP). Errors: kIo, kSyntax; then the old state stays.
  virtual Status reload() { return ok(); }
};

}  // namespace restante::accounts
