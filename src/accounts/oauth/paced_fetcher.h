// How much an issuer is asked: a few requests at once, and after a failure nothing for a moment and
// then one at a time, until it answers again. So a hanging issuer holds a few threads, not all, and
// a client that sends rubbish tokens cannot make us flood it.
#pragma once

#include <mutex>
#include <optional>

#include "accounts/oauth/fetcher.h"
#include "base/clock.h"

namespace restante::accounts::oauth {

/// Callable from any thread.
class PacedFetcher {
 public:
  static constexpr std::size_t kAtOnceMax = 4;
  static constexpr auto kPause = std::chrono::seconds(1);

  /// Both are not owned and outlive it.
  PacedFetcher(Fetcher& fetcher, const Clock& clock) : fetcher_(fetcher), clock_(clock) {}

  /// Errors: kIo alone: the issuer was asked and failed, or was not asked.
  Result<std::string> fetch(const HttpRequest& request);

 private:
  Status enter();
  void leave(bool failed);

  Fetcher& fetcher_;
  const Clock& clock_;
  std::mutex mutex_;
  std::size_t under_way_ = 0;
  std::optional<WallTime> failed_at_;  ///< Empty: the last answer was one.
};

}  // namespace restante::accounts::oauth
