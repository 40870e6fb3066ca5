// Many accounts or aliases changed by one call, as files describe them: what is asked for each, and
// what became of each. Values only; AccountAdmin (admin.h) does it, in one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/networks.h"
#include "accounts/route.h"
#include "base/error.h"

namespace restante::accounts {

/// What is said of an allowance: what is absent stays, and std::nullopt in it is the default.
struct AllowanceChange {
  std::optional<std::optional<std::uint64_t>> quota_octets;
  std::optional<std::optional<std::uint64_t>> quota_messages;
  std::optional<std::optional<std::uint32_t>> retention_days;
  std::optional<std::optional<RetentionFrom>> retention_from;
  std::optional<std::optional<SeveralAddresses>> several_addresses;

  void apply_to(Allowance& allowance) const {
    if (quota_octets) allowance.quota_octets = *quota_octets;
    if (quota_messages) allowance.quota_messages = *quota_messages;
    if (retention_days) allowance.retention_days = *retention_days;
    if (retention_from) allowance.retention_from = *retention_from;
    if (several_addresses) allowance.several_addresses = *several_addresses;
  }
};

/// What is said of one account; what is absent stays as it is.
struct AccountChange {
  explicit AccountChange(std::string n) : name(std::move(n)) {}

  std::string name;
  std::optional<std::string> secret;
  std::optional<bool> enabled;
  std::optional<bool> no_login;
  std::optional<std::shared_ptr<const Networks>> networks;  ///< Null in it: from everywhere.
  AllowanceChange allowance{};
  std::optional<std::shared_ptr<const Route>> route;  ///< Null in it: its mail is here.
  std::optional<bool> is_operator{};
  std::vector<std::string> new_devices{};  ///< Labels; one that is there keeps its password.
  std::vector<std::string> lost_devices{};
};

/// An alias as the change wants it.
struct AliasChange {
  explicit AliasChange(std::string a) : address(std::move(a)) {}

  std::string address;  ///< Or "@domain": the catch-all.
  std::vector<std::string> targets{};
};

struct BulkRules {
  bool add = true;      ///< What is not there is made; else it is refused.
  bool update = false;  ///< What is there is changed; else it is refused.
  /// The others are done all the same; else nothing is, when anything is refused.
  bool skip_refused = false;
  bool only_look = false;  ///< Nothing is written.
  /// Told after each piece of work how many of them are done; may be empty.
  std::function<void(std::size_t)> progress{};
};

enum class RowVerdict : std::uint8_t { kAdded, kChanged, kSame, kRefused };

/// A password that was made for a device; shown once. The receiver wipes it.
struct MadePassword {
  std::string label;
  std::string password;
};

/// What became of one of them.
struct BulkRow {
  RowVerdict verdict = RowVerdict::kSame;
  std::string name;  ///< The account's or alias's own; as asked for where there is none.
  Errc code{};       ///< Of a refusal.
  std::string why;   ///< Of a refusal; names the account.
  std::vector<MadePassword> devices{};
};

struct BulkOutcome {
  std::vector<BulkRow> rows;  ///< One for each, in order.
  bool done = false;          ///< It is in force; else the rows say what would be.

  [[nodiscard]] std::size_t count(RowVerdict verdict) const {
    std::size_t found = 0;
    for (const BulkRow& row : rows)
      if (row.verdict == verdict) ++found;
    return found;
  }
};

}  // namespace restante::accounts
