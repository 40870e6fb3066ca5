// The issuer's present keys. They are fetched when they are needed, and kept for a while, or for as
// long as the issuer is down. They are fetched again when a token names a key that is not among
// them, or has a signature that none of them made. A client that sends forged tokens causes a few
// requests, and then one now and then.
#pragma once

#include <condition_variable>

#include "accounts/oauth/jwt.h"
#include "accounts/oauth/paced_fetcher.h"

namespace restante::accounts::oauth {

/// How old keys may be, and how often they are asked for at most: `at_once` times, and once more
/// for each `between` that passes.
struct KeyAges {
  std::chrono::milliseconds age_max = std::chrono::minutes(10);
  std::chrono::milliseconds between = std::chrono::seconds(5);
  std::size_t at_once = 4;
};

/// Keys, and which answer of the issuer they are from.
struct OfferedKeys {
  Jwks keys;
  std::uint64_t answer = 0;
  bool is_latest = false;  ///< The issuer was asked for this very token.
};

/// Callable from any thread; may block for as long as the fetcher does.
class KeySource {
 public:
  /// `paced` and `clock` are not owned and outlive it.
  KeySource(PacedFetcher& paced, const Clock& clock, std::string url, KeyAges ages)
      : paced_(paced), clock_(clock), ages_(ages), questions_left_(ages.at_once) {
    request_.url = std::move(url);
  }

  /// Keys that may have made the token's signature: none when the issuer has no such key.
  /// Errors: kIo: there are no keys, or the right one may be new and cannot be asked for now.
  Result<OfferedKeys> keys_for(const Jwt& token);

  /// The same when none of `offered` made it: an issuer may put a new key under an old kid, or have
  /// keys without one. None, too, when they are as new as they can be. Errors: kIo: the issuer was
  /// asked and did not answer.
  Result<OfferedKeys> newer_keys_for(const Jwt& token, const OfferedKeys& offered);

 private:
  [[nodiscard]] OfferedKeys fitting(const Jwt& token) const;
  [[nodiscard]] bool is_stale(WallTime now) const;
  /// Counts what time has given back.
  bool may_ask(WallTime now);
  void refresh(std::unique_lock<std::mutex>& lock);
  void ask(std::unique_lock<std::mutex>& lock);

  PacedFetcher& paced_;
  const Clock& clock_;
  const KeyAges ages_;
  HttpRequest request_;

  std::mutex mutex_;  ///< Guards everything below; not held while the issuer is asked.
  std::condition_variable answered_;
  bool asking_ = false;
  std::uint64_t answers_ = 0;  ///< Good ones, so far.
  std::optional<Jwks> keys_;
  WallTime fetched_{};  ///< When keys_ were.
  std::size_t questions_left_;
  WallTime counted_{};   ///< Up to when questions_left_ has what time gives back.
  std::string trouble_;  ///< Why the last question failed; empty: it did not.
};

}  // namespace restante::accounts::oauth
