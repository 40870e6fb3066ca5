// Quotas before a delivery and after it: whether a mail that was announced would fit, when an owner
// is told that the maildrop fills up, and in which words. The store alone refuses a delivery.
#pragma once

#include <string>
#include <vector>

#include "accounts/directory.h"
#include "base/clock.h"
#include "maildrop/store.h"
#include "server/settings/config.h"

namespace restante::server {

/// An account, and the quota of its maildrop.
struct QuotaHolder {
  std::string account;
  maildrop::Quota quota;
  std::string called{};  ///< The name that its owner knows; empty: as the account.
};

[[nodiscard]] inline bool is_limited(const maildrop::Quota& quota) {
  return quota.octets != 0 || quota.messages != 0;
}

/// The terms of one account.
struct AccountTerms {
  maildrop::Quota quota;
  bool each_address = false;  ///< Of a mail it gets a copy for each of its addresses.
  std::string called{};       ///< Its name today, where that is not its maildrop's.
  std::shared_ptr<const accounts::Route> route{};  ///< Where it lives, if that is said.
};

/// The quotas and the number of copies, by account.
class QuotaBook {
 public:
  /// Neither is owned; both outlive the book.
  QuotaBook(accounts::Directory& directory, const settings::Config& defaults)
      : directory_(directory), defaults_(defaults) {}

  /// Errors: kNotFound, kIo.
  [[nodiscard]] Result<maildrop::Quota> of(const std::string& account) const;
  [[nodiscard]] Result<AccountTerms> terms_of(const std::string& account) const;
  /// The accounts among `accounts` that are known to have a quota.
  [[nodiscard]] std::vector<QuotaHolder> holders(const std::vector<std::string>& accounts) const;

 private:
  accounts::Directory& directory_;
  const settings::Config& defaults_;
};

/// Whether one more mail of `octets` would be over the quota.
bool would_exceed(const maildrop::Usage& usage, const maildrop::Quota& quota, std::uint64_t octets);

/// Whether a mail of `octets` (0: not announced) would be over the quota of every one of them, so
/// that no copy could be stored. An unknown quota counts as room: the delivery will tell. Blocks
/// for the disk.
bool all_are_full(maildrop::Store& store, const std::vector<QuotaHolder>& holders,
                  std::uint64_t octets);

/// Whether `percent` (0: never) of a limit is reached.
bool at_warning_level(const maildrop::Usage& usage, const maildrop::Quota& quota,
                      std::uint32_t percent);

/// The message that tells the owner, in wire form: from the postmaster of its domain, with the null
/// sender, so that no program answers it.
std::string warning_message(const QuotaHolder& holder, const maildrop::Usage& usage, WallTime now);

/// The usage of a maildrop at a time.
struct UsageAt {
  maildrop::Usage usage;
  WallTime time;
};

/// Puts a message about `holder` into the maildrop of `account`, even over its quota. Errors: as
/// Store::deliver.
Status warn_operator(maildrop::Store& store, const std::string& account, const QuotaHolder& holder,
                     const UsageAt& finding);

/// Puts the owner's message into the maildrop, even over its quota. Errors: as Store::deliver.
Status warn_owner(maildrop::Store& store, const QuotaHolder& holder, const maildrop::Usage& usage,
                  WallTime now);
/// Tells the owner that nothing is kept any more for these views (maildrop::Receipt::released).
/// Errors: as Store::deliver.
Status tell_released(maildrop::Store& store, const QuotaHolder& holder,
                     const std::vector<std::string>& views, WallTime now);
/// How much each view holds, for the owner; empty where there is one alone.
std::string views_text(const std::vector<maildrop::ViewInfo>& views);

}  // namespace restante::server
