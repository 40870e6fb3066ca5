#include "server/measures/storage.h"

#include <algorithm>

namespace restante::server {
namespace {

/// Percent of a limit that is used, of two of them the greater; a limit of 0 is none.
std::uint64_t percent(std::uint64_t used, std::uint64_t limit) {
  if (limit == 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(used) / static_cast<double>(limit) * 100);
}

/// The greater of the two.
std::uint64_t percent_of(const maildrop::Usage& usage, const maildrop::Quota& quota) {
  return std::max(percent(usage.messages, quota.messages), percent(usage.octets, quota.octets));
}

/// Keeps `list` in order, and at its length.
template <typename Before>
void enter(std::vector<HeldMaildrop>& list, const HeldMaildrop& one, const Before& before) {
  list.insert(std::upper_bound(list.begin(), list.end(), one, before), one);
  if (list.size() > kShownMaildrops) list.pop_back();
}

}  // namespace

std::size_t quota_use(const maildrop::Usage& usage, const maildrop::Quota& quota) {
  if (quota.messages == 0 && quota.octets == 0) return 0;
  const std::uint64_t used = percent_of(usage, quota);
  if (used < 50) return 1;
  if (used < 80) return 2;
  if (used < 95) return 3;
  return used < 100 ? 4 : 5;
}

void StorageTotals::add(const std::string& account, const maildrop::Holding& holding,
                        const maildrop::Quota& quota) {
  ++maildrops;
  messages += holding.waiting.messages;
  octets += holding.waiting.octets;
  live_bytes += holding.live_bytes;
  dead_bytes += holding.dead_bytes;
  aside_bytes += holding.aside_bytes;
  if (holding.oldest) oldest = std::min(oldest.value_or(*holding.oldest), *holding.oldest);
  const std::size_t use = quota_use(holding.waiting, quota);
  ++quota_uses[use];
  const HeldMaildrop one{account, holding.waiting,
                         holding.live_bytes + holding.dead_bytes + holding.aside_bytes, quota};
  enter(largest, one, [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  if (use < 2) return;
  enter(fullest, one, [](const auto& a, const auto& b) {
    return percent_of(a.usage, a.quota) > percent_of(b.usage, b.quota);
  });
}

}  // namespace restante::server
