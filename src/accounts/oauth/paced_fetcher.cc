#include "accounts/oauth/paced_fetcher.h"

namespace restante::accounts::oauth {

Status PacedFetcher::enter() {
  const std::lock_guard lock(mutex_);
  const WallTime now = clock_.now();
  // A clock set back must not make the pause a long one.
  if (failed_at_ && now >= *failed_at_ && now - *failed_at_ < kPause)
    return Error(Errc::kIo, "the issuer failed a moment ago and is not asked again yet");
  // After a failure one tries, and the others hear "later" at once.
  if (under_way_ >= (failed_at_ ? 1 : kAtOnceMax))
    return Error(Errc::kIo, "too many questions to the issuer are under way");
  ++under_way_;
  return ok();
}

void PacedFetcher::leave(bool failed) {
  const std::lock_guard lock(mutex_);
  --under_way_;
  if (failed)
    failed_at_ = clock_.now();
  else
    failed_at_.reset();
}

Result<std::string> PacedFetcher::fetch(const HttpRequest& request) {
  RESTANTE_CHECKED(enter());
  auto answer = fetcher_.fetch(request);
  leave(!answer);
  if (!answer) return Error(Errc::kIo, std::move(answer).error().detail);
  return answer;
}

}  // namespace restante::accounts::oauth
