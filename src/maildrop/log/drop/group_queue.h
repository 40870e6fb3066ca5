// Threads that want the same done at the same time: one of them does it for all who wait by then,
// the others get the outcome. Of deliveries to one maildrop this makes one fdatasync for many.
//
// It knows nothing of what is done. No thread waits for more than the group that it comes too late
// for, and its own.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <vector>

namespace restante::maildrop::log {

template <typename Item>
class GroupQueue {
 public:
  /// Returns once `item` was in a group that `work` was called with, by this thread or by another
  /// that waited here; items are in the order in which they came. `work` is called by one thread at
  /// a time, takes a const std::vector<Item*>& of `group_max` (at least 1) or fewer, and must not
  /// throw. `item` is used by the working thread alone until then.
  template <typename Work>
  void run(Item& item, std::size_t group_max, const Work& work) {
    Waiter mine(item);
    std::unique_lock lock(mutex_);
    waiting_.push_back(&mine);
    if (busy_) mine.wake.wait(lock, [&] { return mine.state != State::kWaits; });
    if (mine.state == State::kDone) return;
    // The leader is the first of the waiters: its own item is in the group.
    busy_ = true;
    const std::vector<Waiter*> group = take(group_max);
    lock.unlock();
    std::vector<Item*> items;
    for (const Waiter* waiter : group) items.push_back(&waiter->item);
    work(items);
    lock.lock();
    for (Waiter* waiter : group) tell(*waiter, State::kDone);
    busy_ = !waiting_.empty();
    if (busy_) tell(*waiting_.front(), State::kLeads);
  }

  /// How many wait and are in no group yet.
  [[nodiscard]] std::size_t waiting() const {
    const std::lock_guard guard(mutex_);
    return waiting_.size();
  }

 private:
  enum class State : std::uint8_t { kWaits, kLeads, kDone };
  struct Waiter {
    explicit Waiter(Item& i) : item(i) {}
    Item& item;
    State state = State::kWaits;
    std::condition_variable wake;  // Each its own: a group's end must not wake those who wait on.
  };

  std::vector<Waiter*> take(std::size_t group_max) {
    const auto end = std::next(waiting_.begin(),
                               static_cast<std::ptrdiff_t>(std::min(group_max, waiting_.size())));
    std::vector<Waiter*> group(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    return group;
  }

  /// The lock is held: a waiter is gone as soon as it can look.
  static void tell(Waiter& waiter, State state) {
    waiter.state = state;
    waiter.wake.notify_one();
  }

  mutable std::mutex mutex_;
  std::vector<Waiter*> waiting_;  // Takes no memory while it is empty: each maildrop has one.
  bool busy_ = false;             // A leader works, or was told to.
};

}  // namespace restante::maildrop::log
