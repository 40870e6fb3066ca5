// The issuer's present keys: asked for when they are needed, kept for a while, asked for again when
// a token names one that is not among them, and kept for as long as the issuer is down.
#pragma once

#include <condition_variable>

#include "accounts/oauth/gate.h"
#include "accounts/oauth/jwt.h"

namespace restante::accounts::oauth {

/// How old keys may be, and how often they are asked for at most.
struct KeyAges {
  std::chrono::milliseconds age_max = std::chrono::minutes(10);
  std::chrono::milliseconds between = std::chrono::seconds(5);
};

/// Callable from any thread; may block for as long as the fetcher does.
class KeySource {
 public:
  /// `gate` and `clock` are not owned and outlive it.
  KeySource(Gate& gate, const Clock& clock, std::string url, KeyAges ages)
      : gate_(gate), clock_(clock), ages_(ages) {
    request_.url = std::move(url);
  }

  /// Keys that may have made the token's signature: none when the issuer has no such key.
  /// Errors: kIo: there are no keys, or the right one may be new and cannot be asked for now.
  Result<Jwks> keys_for(const Jwt& token);

 private:
  [[nodiscard]] Jwks fitting(const Jwt& token) const;
  [[nodiscard]] bool is_stale(WallTime now) const;
  [[nodiscard]] bool may_ask(WallTime now) const;
  void refresh(std::unique_lock<std::mutex>& lock);
  void ask(std::unique_lock<std::mutex>& lock);

  Gate& gate_;
  const Clock& clock_;
  const KeyAges ages_;
  HttpRequest request_;

  std::mutex mutex_;  ///< Guards everything below; not held while the issuer is asked.
  std::condition_variable answered_;
  bool asking_ = false;
  std::uint64_t answers_ = 0;  ///< Good ones, so far.
  std::optional<Jwks> keys_;
  WallTime fetched_{};             ///< When keys_ were.
  std::optional<WallTime> asked_;  ///< When the last question was, whatever came of it.
  std::string trouble_;            ///< Why that one failed; empty: it did not.
};

}  // namespace restante::accounts::oauth
