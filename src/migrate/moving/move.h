// Moves one account's mail from a source into its maildrop: messages that are not there yet, in the
// old server's order, with their unique ids and the times of their arrival, and not an octet more.
// Many messages go to the disk together. Killed at any moment, it leaves each message whole or
// absent, and the next run finds out which.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "maildrop/store.h"
#include "migrate/moving/plan.h"
#include "migrate/sources/source.h"

namespace restante::migrate {

/// Messages of a maildrop that are written together with two syncs: a sync for each would take most
/// of the time.
inline constexpr std::size_t kBatchMessages = 1024;

struct MoveOptions {
  std::string account;  ///< The account of the maildrop.
  Unnumbered unnumbered = Unnumbered::kLeft;
  std::uint64_t batch_bytes = 16ULL << 20;  ///< Octets of a batch, twice of which are in memory.
  bool only_look = false;                   ///< Nothing is moved.
  maildrop::Quota quota;                    ///< A maildrop that would be over it gets nothing.
  bool ignores_quota = false;
  /// Whether the disk has room for this many octets more; may be empty.
  std::function<Status(std::uint64_t octets)> has_room{};
  /// Told of each message that was dealt with, by its octets (about); false: stop. May be empty.
  std::function<bool(std::uint64_t octets)> progress{};
  /// Told the plan before the work begins. May be empty.
  std::function<void(const Plan& plan)> planned{};
};

/// The outcome.
struct Moved {
  std::string ids;            ///< As Listing.
  std::uint64_t listed = 0;   ///< At the old server, but for what is in `skipped`.
  std::uint64_t present = 0;  ///< Were here before.
  std::uint64_t deleted = 0;  ///< Were here before, and were deleted here.
  std::uint64_t unnumbered = 0;
  std::uint64_t mapped = 0;
  std::uint64_t planned = 0;  ///< To be moved.
  std::uint64_t planned_octets = 0;
  std::uint64_t moved = 0;
  std::uint64_t moved_octets = 0;
  std::vector<Skipped> skipped;
  std::vector<OtherFolder> folders;
  std::optional<Error> failure;  ///< It ended early; the moved messages stay.
};

/// Callable from several threads, each with another account and source.
Moved move_mail(Source& source, maildrop::Store& store, const MoveOptions& options);

}  // namespace restante::migrate
