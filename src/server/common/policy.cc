#include "server/common/policy.h"

#include <algorithm>

namespace restante::server {
namespace {

using maildrop::Retention;

Retention::From to_store(accounts::RetentionFrom from) {
  return from == accounts::RetentionFrom::kRetrieval ? Retention::From::kRetrieval
                                                     : Retention::From::kArrival;
}

}  // namespace

maildrop::Quota quota_of(const maildrop::Rules& defaults, const accounts::Allowance& own) {
  maildrop::Quota quota;
  quota.octets = own.quota_octets.value_or(defaults.quota_octets);
  quota.messages = own.quota_messages.value_or(defaults.quota_messages);
  return quota;
}

Retention retention_of(const maildrop::Rules& defaults, const accounts::Allowance& own) {
  Retention retention;
  const std::uint32_t days = own.retention_days.value_or(defaults.retention_days);
  if (days != 0) retention.days = std::chrono::days(days);
  retention.from = own.retention_from ? to_store(*own.retention_from) : defaults.retention_from;
  return retention;
}

bool gets_each_address(const accounts::Settings& defaults, const accounts::Allowance& own) {
  return own.several_addresses.value_or(defaults.several_addresses) ==
         accounts::SeveralAddresses::kEach;
}

Result<maildrop::UpkeepPolicy> upkeep_policy(const maildrop::Rules& defaults,
                                             accounts::Directory& directory,
                                             std::string_view account, maildrop::Quota* quota) {
  maildrop::UpkeepPolicy policy;
  policy.undelete_window = defaults.undelete_window;
  policy.trash_purges = defaults.trash_purge;
  // Without an account nothing is known of a retention, so no mail is deleted by one.
  const auto found = directory.find_owner(account);
  if (found) {
    policy.retention = retention_of(defaults, found->allowance);
    if (quota != nullptr) *quota = quota_of(defaults, found->allowance);
  } else if (found.error().code != Errc::kNotFound) {
    // A directory that is down has not said that there is no account: the look is put off.
    return found.error();
  }
  return policy;
}

bool counts_from_retrieval(const Retention& retention) {
  return retention.days && retention.from == Retention::From::kRetrieval;
}

pop3::Expire expire_after_login(const Retention& retention, const maildrop::Session& session) {
  pop3::Expire expire;
  if (retention.days) expire.days = static_cast<std::uint32_t>(retention.days->count());
  // Where other views may let mail go earlier the days would be no promise.
  expire.is_said = !session.others_decide();
  return expire;
}

pop3::Expire expire_before_login(const maildrop::Rules& defaults,
                                 const accounts::RetentionSpread& spread) {
  std::uint32_t least = std::max(defaults.retention_days, spread.least_days);
  if (defaults.retention_days != 0 && spread.least_days != 0)
    // The strictest of all, since a client is told one number before it has a name (RFC 2449
    // s.6.7).
    least = std::min(defaults.retention_days, spread.least_days);
  pop3::Expire expire;
  if (least != 0) expire.days = least;
  expire.per_user = spread.any_own;
  return expire;
}

}  // namespace restante::server
