// What the maildrops hold, as the last pass of upkeep found it. Callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "maildrop/store.h"

namespace restante::server {

/// How much of its quota a maildrop uses; what is over it is in the last one.
inline constexpr std::array<std::string_view, 6> kQuotaUseNames{"no_quota", "under_50",  "under_80",
                                                                "under_95", "under_100", "full"};
std::size_t quota_use(const maildrop::Usage& usage, const maildrop::Quota& quota);

/// One maildrop, as it is shown.
struct HeldMaildrop {
  std::string account;
  maildrop::Usage usage{};
  std::uint64_t bytes = 0;  ///< On the disk, all that is kept.
  maildrop::Quota quota{};
};
/// The number of maildrops in each of the lists below.
inline constexpr std::size_t kShownMaildrops = 10;

struct StorageTotals {
  std::uint64_t maildrops = 0;
  std::uint64_t messages = 0;  ///< That wait in the default view.
  std::uint64_t octets = 0;    ///< Of these, as POP3 counts.
  std::uint64_t live_bytes = 0;
  std::uint64_t dead_bytes = 0;
  std::uint64_t aside_bytes = 0;
  std::optional<WallTime> oldest;  ///< Arrival of the message that waits longest.
  std::array<std::uint64_t, kQuotaUseNames.size()> quota_uses{};

  std::vector<HeldMaildrop> largest;  ///< By bytes, the largest first.
  std::vector<HeldMaildrop> fullest;  ///< By quota_use(), of those that use half of it.

  void add(const std::string& account, const maildrop::Holding& holding,
           const maildrop::Quota& quota);
};

class StorageMeasure {
 public:
  void set(const StorageTotals& totals) {
    const std::lock_guard lock(mutex_);
    totals_ = totals;
  }
  /// nullopt: no pass has come to its end since the start.
  [[nodiscard]] std::optional<StorageTotals> get() const {
    const std::lock_guard lock(mutex_);
    return totals_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<StorageTotals> totals_;
};

}  // namespace restante::server
