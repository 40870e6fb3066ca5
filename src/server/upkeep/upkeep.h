// Upkeep of the maildrops in the background: deletes the mail whose retention has ended and gives
// back the space of deleted mail. One thread, at a set pace, never on an event loop. Every maildrop
// is visited once in maildrop.upkeep_interval, and after a deletion as soon as the undelete window
// has passed, where that is earlier. Settings are read anew at each visit.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/common/pacer.h"
#include "server/common/services.h"
#include "server/delivery/quota.h"
#include "server/measures/storage.h"
#include "server/upkeep/clock_guard.h"
#include "server/upkeep/due_queue.h"

namespace restante::server {

class Upkeep {
 public:
  using Stopwatch = std::function<std::chrono::steady_clock::time_point()>;

  /// None of it is owned; all of it outlives the upkeep. `stopwatch` measures the wait for accounts
  /// that do not answer.
  Upkeep(Services& services, const SettingsHolder& settings,
         Stopwatch stopwatch = std::chrono::steady_clock::now)
      : services_(services), settings_(settings), stopwatch_(std::move(stopwatch)) {}
  ~Upkeep() { stop(); }
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  /// Nothing is deleted while the guard doubts the clock. Before start(); it is not owned.
  void obey(ClockGuard& guard) { guard_ = &guard; }
  /// Errors: kLimit: it has no thread.
  Status start();
  /// Ends the work under way as soon as nothing is left half done, and waits for that.
  void stop();

  /// A session has deleted messages. Callable from any thread; does not block.
  void deleted(const std::string& account);
  /// The settings have changed. Callable from any thread.
  void reconsider() { wakeup_.wake(); }

  /// All maildrops once. The thread's work; for tests without it.
  void pass();

 private:
  struct Tally {
    std::uint64_t maildrops = 0;
    std::uint64_t failed = 0;
    std::uint64_t unanswered = 0;                   ///< Of these the accounts did not answer.
    std::chrono::steady_clock::duration in_vain{};  ///< The wait for those.
    maildrop::UpkeepReport report;
    StorageTotals storage;
  };

  void run();
  void visit_due();
  void visit(const std::string& account, Tally& tally);
  std::optional<maildrop::UpkeepPolicy> policy_of(QuotaHolder& holder, Tally& tally);
  void warn(const QuotaHolder& holder);
  void tell_unused(const std::string& account, std::vector<std::string> views);
  bool pace(std::uint64_t bytes);
  bool may_delete();
  void log_pass(const Tally& tally, std::chrono::seconds took) const;

  Services& services_;
  const SettingsHolder& settings_;
  const Stopwatch stopwatch_;
  Wakeup wakeup_;
  Budget budget_;  ///< The thread's.
  std::mutex queue_mutex_;
  DueQueue queue_{10'000};  ///< A full queue leaves an account to the next pass.
  ClockGuard* guard_ = nullptr;
  std::map<std::string, std::vector<std::string>> unused_views_;  ///< That the log was told of.
  std::thread thread_;
};

}  // namespace restante::server
