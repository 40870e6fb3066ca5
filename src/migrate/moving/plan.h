// The messages of an old mailbox that must still be moved: told by the unique ids of the maildrop,
// deleted messages included. So a run that was killed goes on where it was, the run of the next
// night takes new mail, and messages that an owner has deleted here do not come back. Pure.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "migrate/sources/source.h"

namespace restante::migrate {

/// The maildrop's unique ids, and whether their messages are deleted.
using KnownUids = std::unordered_map<std::string, bool>;

struct Planned {
  std::size_t item = 0;  ///< Its place in the listing.
  std::string uid;       ///< That it has, or gets, in the maildrop.
};

struct Plan {
  std::vector<Planned> fresh;    ///< To be moved, in the old server's order.
  std::vector<Planned> present;  ///< Here already.
  std::uint64_t deleted = 0;     ///< Were here, and were deleted here.
  std::uint64_t unnumbered = 0;  ///< The old server has given no id yet: left for a last run.
  std::uint64_t mapped = 0;      ///< Of `fresh`: got another id by the rule.
  std::uint64_t octets = 0;      ///< Of `fresh`, about.
  std::uint64_t present_octets = 0;
};

/// Which server decides on messages that the old server has given no id yet.
enum class Unnumbered : std::uint8_t {
  kLeft,   ///< It still serves its clients, and would give them an id that is not ours.
  kTaken,  ///< That server is stopped: no client has seen these ids, and any id is right.
};

Plan make_plan(const Listing& listing, const KnownUids& known, Unnumbered unnumbered);

}  // namespace restante::migrate
