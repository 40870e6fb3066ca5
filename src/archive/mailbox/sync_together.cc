#include "archive/mailbox/sync_together.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace restante::archive {
namespace {

constexpr std::size_t kThreadsMax = 16;

class Together {
 public:
  explicit Together(std::span<Incoming* const> batch) : batch_(batch) {}

  Status run() {
    std::vector<std::thread> threads;
    const std::size_t more = std::min(batch_.size(), kThreadsMax) - 1;
    try {
      while (threads.size() < more) threads.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // Fewer threads do it, too; one is here in any case.
    }
    work();
    for (std::thread& thread : threads) thread.join();
    return std::move(status_);
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < batch_.size(); i = next_++) {
      Status synced = batch_[i]->sync();
      if (synced) continue;
      const std::lock_guard lock(mutex_);
      if (status_) status_ = std::move(synced);
    }
  }

  std::span<Incoming* const> batch_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  Status status_ = ok();
};

}  // namespace

Status sync_together(std::span<Incoming* const> batch) {
  return batch.empty() ? ok() : Together(batch).run();
}

}  // namespace restante::archive
