// The plan for a listing, given the known messages: which to fetch, which to leave, and whether the
// listing may be believed when it comes to deleting. Pure: it reads no clock and does nothing.
//
// The rules: a listing that contradicts itself, is empty or has lost more than half of what was
// there, or has other unique ids than before (the server renumbered) is good enough to fetch from;
// nothing is deleted by it. A message that is not surely here already is fetched; the content's
// checksum then says whether it is new.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fetch/plan/known.h"
#include "fetch/plan/listing.h"
#include "fetch/plan/policy.h"

namespace restante::fetch {

enum class Doubt : std::uint8_t {
  kNone,
  kContradiction,  ///< STAT, LIST and UIDL disagree, or unique ids are not unique.
  kShrunken,       ///< Empty, or more than half is missing; believed after kDoubtTime.
  kRenumbered,     ///< Hardly any known unique id is there, but messages are.
};

std::string_view to_string(Doubt doubt);

/// How long a listing must say the same before its losses are believed.
inline constexpr std::chrono::hours kDoubtTime{24};

enum class Why : std::uint8_t {
  kNew,
  kAgain,         ///< It failed before.
  kChanged,       ///< LIST says another size than when it was fetched.
  kBack,          ///< It was deleted, and the server lists it again.
  kLost,          ///< It was fetched, and is no longer here, though not removed.
  kUnidentified,  ///< It has no unique id; only the content tells whether it is here.
};

struct Fetch {
  std::uint32_t number = 0;
  std::string uid;  ///< Empty with kUnidentified.
  std::optional<std::uint64_t> octets;
  Why why = Why::kNew;
};

struct Skip {
  std::string uid;
  std::optional<std::uint64_t> octets;
  std::string reason;
};

struct Plan {
  Doubt doubt = Doubt::kNone;
  std::vector<Fetch> fetch;           ///< In the server's order.
  std::vector<Fetch> retry;           ///< After all else is safe, since they may end the session.
  std::vector<Skip> skip;             ///< Not recorded as such yet.
  std::vector<std::string> gone;      ///< DELE was sent, and they are no longer listed.
  std::vector<std::string> vanished;  ///< Stored, and no longer listed.
  std::vector<std::string> returned;  ///< Vanished before, and listed again as they were.
  std::uint32_t waiting = 0;          ///< Failed before, and not yet to be tried again.
  std::uint32_t elsewhere = 0;        ///< Another program has them: left alone.
  std::uint32_t come_back = 0;        ///< Deleted again and again, and still there: left alone.

  /// Whether anything may be deleted by this listing.
  [[nodiscard]] bool may_delete() const { return doubt == Doubt::kNone; }
  /// The sum of all messages in `fetch`, as LIST says; those without a size count as 0.
  [[nodiscard]] std::uint64_t octets() const;
};

struct PlanInput {
  PlanInput(const Listing& l, const Known& k, const Policy& p, Seconds n)
      : listing(l), known(k), policy(p), now(n) {}
  const Listing& listing;
  const Known& known;
  const Policy& policy;
  Seconds now;
  /// Since when listings have been shrunken without a break, before this one.
  std::optional<Seconds> shrunken_since;
  /// Failed and refused messages are tried now, before their time.
  bool retry_now = false;
};

Plan make_plan(const PlanInput& input);

}  // namespace restante::fetch
