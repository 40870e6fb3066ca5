// What an account wants of its messages, as far as the plan asks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "profile/profile.h"

namespace restante::fetch {

struct Policy {
  profile::Delete remove = profile::Delete::kNever;
  std::chrono::days remove_after{0};
  std::optional<std::uint64_t> keep_messages;  ///< On the server at most.
  std::optional<std::uint64_t> keep_bytes;     ///< On the server at most.
  std::optional<std::uint64_t> size_max;       ///< Larger ones are not fetched.
  bool has_rules = false;                      ///< Header rules leave messages out.

  /// Whether anything is ever deleted on the server.
  [[nodiscard]] bool deletes() const {
    return remove != profile::Delete::kNever || keep_messages || keep_bytes;
  }
};

inline Policy policy_of(const profile::Account& account) {
  return {account.remove,     account.remove_after, account.keep_messages,
          account.keep_bytes, account.size_max,     !account.skip.empty()};
}

}  // namespace restante::fetch
