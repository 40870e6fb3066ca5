// Copies of accounts' mail on their way to other servers and accounts (docs/copies.md): which
// accounts have copies, and the threads that visit them (copy_visit.h). What waits is in the
// maildrops themselves, in a view for each copy; so there is nothing here that a kill could lose.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "dial/stop_signal.h"
#include "server/common/mail_watcher.h"
#include "server/common/services.h"
#include "server/copies/copy_targets.h"
#include "server/copies/copy_visit.h"
#include "server/measures/counter.h"
#include "server/measures/exposition.h"

namespace restante::server {

/// Accounts that are visited at once: a target that is slow to answer holds up one of them.
inline constexpr std::size_t kCopyThreads = 4;

/// Callable from any thread.
class Copies : public MailWatcher {
 public:
  /// `services` and `settings` are not owned and outlive it. `refresh`: how soon a change of the
  /// accounts' copies counts. Errors: kLimit.
  static Result<std::unique_ptr<Copies>> make(
      Services& services, const SettingsHolder& settings, std::unique_ptr<CopyTargets> targets,
      std::chrono::milliseconds refresh = std::chrono::seconds(2));
  ~Copies() override { stop(); }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;

  /// Errors: kLimit (threads).
  Status start();
  /// Ends the threads; a message that is under way may have arrived, and goes out again then.
  void stop();

  /// Mail has come for this account. Costs nothing where no account has a copy.
  void delivered(const std::string& account) override {
    if (has_copies_.load(std::memory_order_relaxed)) wake(account);
  }

  /// Adds its lines to a metrics page.
  void write(Exposition& page) const;
  /// The targets that do not answer, and why.
  [[nodiscard]] std::map<std::string, std::string> down() const { return targets_->down(); }
  /// Messages that a target has refused for ever, and that wait for the operator.
  [[nodiscard]] std::uint64_t set_aside() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Account {
    std::vector<accounts::Copy> copies;
    bool is_visited = false;  ///< By a thread, now.
    bool is_woken = false;    ///< Meanwhile.
    Time due{};
    std::vector<CopyState> states;
  };

  Copies(Services& services, const SettingsHolder& settings, std::unique_ptr<CopyTargets> targets,
         net::StopSignal stop, std::chrono::milliseconds refresh);

  void wake(const std::string& account);
  void run();
  void refresh();
  void complain(std::string_view what, const Error& error);
  Status open_queue();
  void take_list(std::vector<accounts::AccountCopy> all);
  /// Under the mutex.
  std::optional<std::string> take_due(Time now);
  void make_due(const std::string& account, Account& state, Time due);
  void visit(const std::string& account);
  CopyVisitResult visit_copies(const CopiedAccount& account);
  Result<std::unique_ptr<CopySession>> session_for(const copies::Target& target);
  void tell(const accounts::AccountCopy& copy, const std::string& uid, std::uint64_t octets,
            const CopyVerdict& verdict);

  void note_act(const accounts::AccountCopy& copy, const std::string& uid, std::uint64_t octets,
                const CopyVerdict& verdict);

  Services& services_;
  const SettingsHolder& settings_;
  std::unique_ptr<CopyTargets> targets_;
  net::StopSignal stop_;
  const std::chrono::milliseconds refresh_time_;
  std::string complaint_;  ///< Of the last refresh; its thread's. Said once, and not each time.
  std::atomic<bool> has_copies_{false};
  std::unique_ptr<SharedQueue> queue_;  ///< By the thread that refreshes; then by all.

  mutable std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable changed_;
  bool is_over_ = false;
  bool is_refreshed_ = false;  ///< By a thread, now.
  Time refresh_due_{};
  std::map<std::string, Account> accounts_;
  std::set<std::pair<Time, std::string>> order_;  ///< Of those that no thread visits.
  std::vector<std::thread> threads_;

  Counter taken_, later_, refused_, unanswered_, unreached_, damaged_, octets_;
};

}  // namespace restante::server
