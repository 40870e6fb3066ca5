// Which messages on the server are to be deleted, now that all is fetched. Pure. It is asked only
// about listings that may be believed, and it chooses only messages whose content is safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fetch/plan/known.h"
#include "fetch/plan/policy.h"

namespace restante::fetch {

/// One message that the server lists.
struct OnServer {
  std::uint32_t number = 0;
  std::string uid;
  std::uint64_t octets = 0;
  Seconds first_seen{};
  std::uint32_t seen_days = 0;  ///< Days that the server had it, with this one.
  bool safe = false;     ///< Its content is in the archive or handed on, or was and is `removed`.
  bool removed = false;  ///< The archive had it, and it was removed there.
};

struct Deletion {
  std::uint32_t number = 0;
  std::string uid;
  std::uint64_t octets = 0;
  std::string reason;  ///< For the user: "fetched", "older than 14 days" ….
};

struct Deletions {
  std::vector<Deletion> messages;  ///< By number.
  /// Removed from the archive, but too many at once: it may be an accident, so they stay.
  std::uint32_t held_back = 0;
  /// These would go by their age, were the clock believed.
  std::uint32_t too_soon = 0;
};

/// What may be believed, and by whom.
struct Trust {
  bool confirmed = false;  ///< A person has agreed, so that nothing is held back.
  bool clock = true;       ///< False: nothing goes by its age (clock_doubt.h).
};

Deletions choose_deletions(std::span<const OnServer> messages, const Policy& policy, Seconds now,
                           Trust trust);

}  // namespace restante::fetch
