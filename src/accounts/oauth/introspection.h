// Token introspection (RFC 7662): the issuer is asked what a token is worth. A good answer is
// remembered for a short while under a keyed hash of the token, never beyond the token's end.
#pragma once

#include <array>
#include <unordered_map>

#include "accounts/oauth/claims.h"
#include "accounts/oauth/paced_fetcher.h"

namespace restante::accounts::oauth {

inline constexpr std::size_t kIntrospectionBytesMax = 64U << 10;

/// What the answer lets in. Pure. Errors: kAuth (not active, or not for us), kSyntax (not an
/// introspection response), kLimit.
Result<Grant> parse_introspection(std::string_view text, const ClaimRules& rules, WallTime now);

struct IntrospectionSettings {
  std::string url;
  std::string client_id;  ///< Empty: the request has no credentials.
  std::string client_secret;
  std::chrono::seconds cache_age_max{60};  ///< 0: every login asks.
  std::size_t cache_entries_max = 10000;
};

/// Callable from any thread; blocks for as long as the fetcher does.
class Introspector {
 public:
  /// `paced` and `clock` are not owned and outlive it.
  Introspector(PacedFetcher& paced, const Clock& clock, IntrospectionSettings settings);
  ~Introspector();
  Introspector(const Introspector&) = delete;
  Introspector& operator=(const Introspector&) = delete;

  /// Errors: kAuth, kIo.
  Result<Grant> ask(std::string_view token, const ClaimRules& rules);

 private:
  using Tag = std::array<unsigned char, 32>;
  struct TagHash {
    std::size_t operator()(const Tag& tag) const;
  };
  struct Entry {
    Grant grant;
    WallTime asked{};
  };

  [[nodiscard]] Tag tag_of(std::string_view token) const;
  [[nodiscard]] std::optional<Grant> remembered(const Tag& tag, WallTime now);
  void remember(const Tag& tag, const Grant& grant, WallTime now);

  PacedFetcher& paced_;
  const Clock& clock_;
  IntrospectionSettings settings_;
  std::array<unsigned char, 32> key_{};
  std::mutex mutex_;
  std::unordered_map<Tag, Entry, TagHash> cache_;
};

}  // namespace restante::accounts::oauth
