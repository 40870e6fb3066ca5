#include "accounts/oauth/key_source.h"

#include <algorithm>

namespace restante::accounts::oauth {

OfferedKeys KeySource::fitting(const Jwt& token) const {
  OfferedKeys out;
  out.answer = answers_;
  if (!keys_) return out;
  for (const Jwk& key : *keys_)
    if (fits(key, token)) out.keys.push_back(key);
  return out;
}

bool KeySource::is_stale(WallTime now) const {
  // A clock that was set back makes all that is known of uncertain age.
  return !keys_ || now < fetched_ || now - fetched_ >= ages_.age_max;
}

bool KeySource::may_ask(WallTime now) {
  if (now < counted_) counted_ = now;  // A clock set back makes no long pause.
  const auto given = (now - counted_) / ages_.between;
  counted_ += given * ages_.between;
  const auto room = ages_.at_once - questions_left_;
  questions_left_ += std::min(static_cast<std::size_t>(given), room);
  if (questions_left_ == ages_.at_once) counted_ = now;
  return questions_left_ > 0;
}

Result<OfferedKeys> KeySource::keys_for(const Jwt& token) {
  std::unique_lock lock(mutex_);
  OfferedKeys found = fitting(token);
  // While another thread asks, the old keys serve: they were right a moment ago.
  if (!found.keys.empty() && (asking_ || !is_stale(clock_.now()))) return found;
  const std::uint64_t answers_before = answers_;
  refresh(lock);
  found = fitting(token);
  found.is_latest = answers_ != answers_before;
  if (!found.keys.empty() || found.is_latest) return found;
  if (!trouble_.empty()) return Error(Errc::kIo, "keys: " + trouble_);
  return Error(Errc::kIo, "keys: a token names a new key, and the issuer was asked a moment ago");
}

Result<OfferedKeys> KeySource::newer_keys_for(const Jwt& token, const OfferedKeys& offered) {
  // The issuer has answered just now: a key that is not there is not there.
  if (offered.is_latest) return OfferedKeys();
  std::unique_lock lock(mutex_);
  if (answers_ == offered.answer) refresh(lock);
  if (answers_ != offered.answer) return fitting(token);
  if (!trouble_.empty()) return Error(Errc::kIo, "keys: " + trouble_);
  return OfferedKeys();  // The keys here came moments ago.
}

void KeySource::refresh(std::unique_lock<std::mutex>& lock) {
  if (asking_) {
    // One question serves all who wait.
    answered_.wait(lock, [this] { return !asking_; });
    return;
  }
  if (may_ask(clock_.now())) ask(lock);
}

void KeySource::ask(std::unique_lock<std::mutex>& lock) {
  asking_ = true;
  --questions_left_;
  // Not under the mutex: others may check tokens with the keys that are known meanwhile.
  lock.unlock();
  auto text = paced_.fetch(request_);
  const bool counts = text.has_value();  // A failure has a pause of its own (paced_fetcher.h).
  auto keys = text ? parse_jwks(*text) : Result<Jwks>(std::move(text).error());
  lock.lock();
  asking_ = false;
  if (!counts) questions_left_ = std::min(questions_left_ + 1, ages_.at_once);
  if (keys) {
    keys_ = std::move(*keys);
    fetched_ = clock_.now();
    trouble_.clear();
    ++answers_;
  } else {
    trouble_ = keys.error().message();
  }
  answered_.notify_all();
}

}  // namespace restante::accounts::oauth
