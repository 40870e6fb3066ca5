#include "accounts/oauth/key_source.h"

namespace restante::accounts::oauth {

Jwks KeySource::fitting(const Jwt& token) const {
  Jwks out;
  if (!keys_) return out;
  for (const Jwk& key : *keys_)
    if (fits(key, token)) out.push_back(key);
  return out;
}

bool KeySource::is_stale(WallTime now) const {
  return !keys_ || now < fetched_ || now - fetched_ >= ages_.age_max;
}

bool KeySource::may_ask(WallTime now) const {
  return !asked_ || now < *asked_ || now - *asked_ >= ages_.between;
}

Result<Jwks> KeySource::keys_for(const Jwt& token) {
  std::unique_lock lock(mutex_);
  Jwks found = fitting(token);
  if (!found.empty() && !is_stale(clock_.now())) return found;
  if (!found.empty() && asking_) return found;
  const std::uint64_t answers_before = answers_;
  refresh(lock);
  found = fitting(token);
  if (!found.empty()) return found;
  if (answers_ != answers_before) return found;  // The issuer was asked just now: it has none.
  if (!trouble_.empty()) return Error(Errc::kIo, "keys: " + trouble_);
  return Error(Errc::kIo, "keys: a token names a new key, and the issuer was asked a moment ago");
}

void KeySource::refresh(std::unique_lock<std::mutex>& lock) {
  if (asking_) {
    answered_.wait(lock, [this] { return !asking_; });
    return;
  }
  if (may_ask(clock_.now())) ask(lock);
}

void KeySource::ask(std::unique_lock<std::mutex>& lock) {
  asking_ = true;
  asked_ = clock_.now();
  lock.unlock();
  auto text = gate_.fetch(request_);
  auto keys = text ? parse_jwks(*text) : Result<Jwks>(std::move(text).error());
  lock.lock();
  asking_ = false;
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
