// What an account may keep, for how long, and in how many copies, as far as it differs from the
// configuration's defaults. Values only: what they come to is server/common/policy.h's, who holds
// to them the store.
#pragma once

#include <cstdint>
#include <optional>

namespace restante::accounts {

/// What the days of a retention are counted from.
enum class RetentionFrom : std::uint8_t { kArrival = 0, kRetrieval = 1 };

/// What an account gets of a mail that comes to several of its addresses.
enum class SeveralAddresses : std::uint8_t { kOne = 0, kEach = 1 };

/// Each is absent where the default holds.
struct Allowance {
  std::optional<std::uint64_t> quota_octets;    ///< 0: no limit.
  std::optional<std::uint64_t> quota_messages;  ///< 0: no limit.
  std::optional<std::uint32_t> retention_days;  ///< 0: never deleted.
  std::optional<RetentionFrom> retention_from;
  std::optional<SeveralAddresses> several_addresses;
  bool operator==(const Allowance&) const = default;
};

/// The most that may be stored. The code that takes input checks it.
inline constexpr std::uint64_t kQuotaMax = std::uint64_t{1} << 62;
inline constexpr std::uint32_t kRetentionDaysMax = 36500;

/// What all accounts' own retentions come to, for CAPA before the login (RFC 2449 s.6.7).
struct RetentionSpread {
  bool any_own = false;          ///< Some account has one of its own, "never" counted.
  std::uint32_t least_days = 0;  ///< Of those that delete; 0: none does.

  void include(const RetentionSpread& other) {
    any_own = any_own || other.any_own;
    const bool less = other.least_days != 0 && other.least_days < least_days;
    if (least_days == 0 || less) least_days = other.least_days;
  }
};

}  // namespace restante::accounts
