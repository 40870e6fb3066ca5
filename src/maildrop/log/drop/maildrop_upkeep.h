// Retention, reclaiming, repair and healing of one maildrop: what changes the set of messages that
// it keeps. Uses it as any other, by turns, and has one lock of its own, taken before those.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "maildrop/log/file/environment.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

class LogFile;
class Maildrop;
class MessageList;
class Rewriter;

/// Callable from any thread.
class MaildropUpkeep {
 public:
  /// Nothing is owned.
  MaildropUpkeep(const Environment& environment, Maildrop& maildrop)
      : environment_(environment), maildrop_(maildrop) {}

  /// As Store's upkeep, repair, heal and purge.
  Result<UpkeepReport> run(const UpkeepPolicy& policy, const Pace& pace);
  Result<RepairReport> repair(const Pace& pace);
  Result<HealReport> heal(const std::string& copy, const Pace& pace);
  Result<bool> purge();

 private:
  class Right;
  /// What is known at one moment, and the log's end then.
  struct Present;

  Result<std::unique_ptr<Right>> begin();
  Result<Present> look_at_present();
  Holding count(const Present& now);
  static std::vector<std::string> unused_views(const Present& now);
  Result<Usage> expire(const Retention& retention);
  Result<std::vector<Sequence>> find_expired(const Retention& retention);
  static Result<std::vector<Sequence>> find_retrieved(const LogFile& log, std::uint64_t end,
                                                      WallTime latest);
  Result<std::uint64_t> reclaim(const UpkeepPolicy& policy, const Pace& pace);
  [[nodiscard]] bool may_be_worth(const Present& now, const UpkeepPolicy& policy,
                                  WallTime time) const;
  Result<std::uint64_t> rewrite(Rewriter& rewriter, const Pace& pace);
  Result<std::uint64_t> empty_in_place(const Rewriter& rewriter, const Present& now,
                                       const Pace& pace);

  const Environment& environment_;
  Maildrop& maildrop_;
  std::mutex mutex_;  // One upkeep or repair at a time.
  // Guarded by mutex_: messages that were found waiting for the end of this window, so that the log
  // need not be read again to know it.
  struct Waiting {
    std::chrono::seconds window{0};
    std::uint64_t bytes = 0;
    WallTime until = WallTime::min();
    std::uint64_t end = 0;  // The log's, then.
    bool trash_purges = false;
  } waiting_;
};

}  // namespace restante::maildrop::log
