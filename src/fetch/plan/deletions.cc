#include "fetch/plan/deletions.h"

#include "base/numbers.h"

#include <fmt/format.h>

#include <algorithm>

namespace restante::fetch {
namespace {

// More removed at once than this, and more than half of all: as if the archive had been lost.
constexpr std::size_t kRemovedAtOnceMax = 10;

bool looks_like_an_accident(std::span<const OnServer> messages) {
  const auto safe = std::count_if(messages.begin(), messages.end(),
                                  [](const OnServer& message) { return message.safe; });
  const auto removed = std::count_if(messages.begin(), messages.end(), [](const OnServer& message) {
    return message.safe && message.removed;
  });
  // More than half: a person who clears out a mailbox is asked, and a lost disk deletes nothing.
  return removed > static_cast<std::ptrdiff_t>(kRemovedAtOnceMax) && removed * 2 > safe;
}

/// Empty: it stays, as far as the first rule goes.
std::string reason_to_delete(const OnServer& message, const Policy& policy, Seconds now) {
  switch (policy.remove) {
    case profile::Delete::kNever: return {};
    case profile::Delete::kAfterFetch: return "fetched";
    case profile::Delete::kAfterDays:
      if (now - message.first_seen < policy.remove_after) return {};
      // One look is no proof that the days have passed.
      if (message.seen_days < kSeenDaysMax) return {};
      return "here for " + counted(static_cast<std::uint64_t>(policy.remove_after.count()), "day");
    case profile::Delete::kWhenRemovedLocally:
      return message.removed ? "removed from the archive" : std::string();
  }
  return {};
}

/// Deletes from the oldest on until what stays is within the bounds.
class Bounds {
 public:
  Bounds(std::span<const OnServer> messages, const std::vector<std::string>& reasons) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (!reasons[i].empty()) continue;
      ++staying_;
      octets_ += messages[i].octets;
    }
  }

  std::string reason(const OnServer& message, const Policy& policy) {
    std::string reason;
    if (policy.keep_messages && staying_ > *policy.keep_messages) {
      reason = "over the limit of " + counted(*policy.keep_messages, "message");
    } else if (policy.keep_bytes && octets_ > *policy.keep_bytes) {
      reason = fmt::format("over the limit of {} octets", *policy.keep_bytes);
    } else {
      return {};
    }
    --staying_;
    octets_ -= message.octets;
    return reason;
  }

 private:
  std::uint64_t staying_ = 0;
  std::uint64_t octets_ = 0;
};

std::vector<std::size_t> oldest_first(std::span<const OnServer> messages) {
  std::vector<std::size_t> order(messages.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    // The number decides among equals, since servers list the older ones first.
    return std::pair(messages[a].first_seen, messages[a].number) <
           std::pair(messages[b].first_seen, messages[b].number);
  });
  return order;
}

}  // namespace

Deletions choose_deletions(std::span<const OnServer> messages, const Policy& policy, Seconds now,
                           Trust trust) {
  Deletions chosen;
  const bool accident = !trust.confirmed && looks_like_an_accident(messages);
  const bool by_age = trust.confirmed || trust.clock;
  const auto may_go = [&](const OnServer& message) {
    // What was removed here goes only where that looks like a wish.
    return message.safe && !(accident && message.removed);
  };
  std::vector<std::string> reasons(messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    // The one rule over all policies: what is not proven to be here is not deleted there.
    if (!messages[i].safe) continue;
    std::string reason = reason_to_delete(messages[i], policy, now);
    if (!by_age && policy.remove == profile::Delete::kAfterDays && !reason.empty()) {
      ++chosen.too_soon;
      reason.clear();
    }
    if (!reason.empty() && !may_go(messages[i])) ++chosen.held_back;
    if (may_go(messages[i])) reasons[i] = std::move(reason);
  }
  Bounds bounds(messages, reasons);
  // Which are the oldest, the clock has said.
  for (const std::size_t i : oldest_first(messages)) {
    // What goes by the first rule does not count for the second.
    if (!reasons[i].empty() || !may_go(messages[i])) continue;
    std::string reason = bounds.reason(messages[i], policy);
    if (by_age || reason.empty()) {
      reasons[i] = std::move(reason);
    } else {
      ++chosen.too_soon;
    }
  }
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (reasons[i].empty()) continue;
    chosen.messages.push_back(
        {messages[i].number, messages[i].uid, messages[i].octets, std::move(reasons[i])});
  }
  return chosen;
}

}  // namespace restante::fetch
