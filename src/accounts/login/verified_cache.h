// Passwords that were right a while ago, as keyed hashes under a random key of the process: neither
// a password nor anything that could be tried offline is kept. A tag is over everything that the
// answer depends on, so that no answer to one question is ever given to another. Bounded: two
// generations; when the young one is full it becomes the old one, and what was old is forgotten.
#pragma once

#include <sodium.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/directory.h"
#include "base/clock.h"

namespace restante::accounts {

/// What the answer to "may this one in?" depends on.
struct CredentialQuestion {
  std::string_view name;  ///< The account's own.
  std::string_view password;
  std::string_view secret;  ///< As stored now; empty where the back end keeps it to itself.
  std::string_view peer;    ///< Empty where the client's address does not matter.
  bool remote = false;      ///< Answered by a slow back end: never mixed with a local answer.
  /// Remote only: the spelling that led to the account. Another one may lead to another account by
  /// the time that the question comes up again.
  std::string_view asked{};
  /// Remote only: of one device, so that it stands beside other passwords of the name.
  bool device = false;
};

/// Callable from any thread.
class VerifiedCache {
 public:
  using Tag = std::array<unsigned char, crypto_generichash_BYTES>;

  explicit VerifiedCache(std::size_t entries_max);
  ~VerifiedCache() { sodium_memzero(key_.data(), key_.size()); }
  VerifiedCache(const VerifiedCache&) = delete;
  VerifiedCache& operator=(const VerifiedCache&) = delete;

  /// Whether this very question was answered with yes within `age_max`; then with the account that
  /// was remembered, which may be null. A clock set back makes the age unknown: no.
  struct Answer {
    bool yes = false;
    std::shared_ptr<const Account> account;
  };
  [[nodiscard]] Answer ask(const CredentialQuestion& question, WallTime now,
                           std::chrono::milliseconds age_max) const;

  /// The answer was yes. A remote one replaces what is remembered of other passwords of the name,
  /// but of devices: a password that was changed is dead as soon as the new one has been used.
  void remember(const CredentialQuestion& question, WallTime now,
                std::shared_ptr<const Account> account);

  void forget(const std::string& name);
  void clear();

 private:
  struct Entry {
    Tag tag{};
    Tag without_peer{};
    bool remote = false;
    bool device = false;
    WallTime verified{};
    std::shared_ptr<const Account> account;
  };
  using Entries = std::vector<Entry>;
  struct Generation {
    std::unordered_map<std::string, Entries> names;
    std::size_t count = 0;  ///< Of entries.
  };

  [[nodiscard]] Tag tag_of(const CredentialQuestion& question) const;
  [[nodiscard]] const Entries* find(const std::string& name) const;
  /// What is remembered of the name, out of both generations.
  Entries take(const std::string& name);

  const std::size_t generation_max_;
  std::array<unsigned char, crypto_generichash_KEYBYTES> key_{};
  mutable std::mutex mutex_;  ///< Guards everything below.
  Generation young_;
  Generation old_;
};

}  // namespace restante::accounts
