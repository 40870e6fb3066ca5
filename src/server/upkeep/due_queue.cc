#include "server/upkeep/due_queue.h"

#include <algorithm>

namespace restante::server {

bool DueQueue::add(const std::string& account, Time due) {
  const auto found = entries_.find(account);
  if (found == entries_.end()) {
    // A pass comes to the account anyway; what waits for its window must not grow without a bound.
    if (entries_.size() >= entries_max_) return false;
    entries_.emplace(account, Entry{due, due});
    order_.emplace(due, account);
    return true;
  }
  Entry& entry = found->second;
  // The look comes at the earliest of the times, and once more at the latest.
  // Of many deletions of one account one look at the first and one at the last are enough.
  entry.again = std::max(entry.again, due);
  if (due < entry.due) {
    // A set keyed by time: to change the place is to take out and put in.
    order_.erase({entry.due, account});
    order_.emplace(due, account);
    entry.due = due;
  }
  return true;
}

std::optional<DueQueue::Time> DueQueue::next_due() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

std::optional<std::string> DueQueue::take(Time now) {
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  std::string account = order_.begin()->second;
  order_.erase(order_.begin());
  const auto found = entries_.find(account);
  Entry& entry = found->second;
  if (entry.again > now) {
    entry.due = entry.again;
    order_.emplace(entry.due, account);
  } else {
    entries_.erase(found);
  }
  return account;
}

}  // namespace restante::server
