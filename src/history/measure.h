// What the history remembers: one row a measure. A number that was given to a measure once is in
// files, and is never given to another.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace restante::history {

/// The numbers are in files.
enum class Measure : std::uint8_t {
  kRetrievalsAsked = 1,
  kRetrievalsWhole = 2,
  kRetrievalsRefused = 3,
  kLoginsGood = 4,
  kLoginsFailed = 5,
  kLoginsRefused = 6,
  kLoginMicroseconds = 7,
  kLoginsIn10Ms = 8,
  kLoginsIn100Ms = 9,
  kLoginsIn1S = 10,
  kOctetsRetrieved = 11,
  kMessagesDeleted = 12,
  kMessagesExpired = 13,
  kDeliveriesDone = 14,
  kDeliveriesFailed = 15,
  kOctetsDelivered = 16,
  kConnections = 17,
  kConnectionsRefused = 18,
  kSessionsOpen = 19,
  kLiveBytes = 20,
  kDeadBytes = 21,
  kAsideBytes = 22,
  kMessagesWaiting = 23,
  kOctetsWaiting = 24,
  kMaildrops = 25,
  kDamageFound = 26,
  kMemoryBytes = 27,
  kOctetsDeleted = 28,
};

/// What several values become together.
enum class Kind : std::uint8_t {
  kSum,   ///< What happened; where there is no value, nothing did.
  kLast,  ///< What is there; where there is no value, it is not known.
  kMost,  ///< The same, of which the greatest counts.
};

struct MeasureInfo {
  Measure measure{};
  std::string_view name;  ///< For people and programs: "logins_good".
  Kind kind = Kind::kSum;
  std::string_view help;
};

/// By number.
std::span<const MeasureInfo> measures();
const MeasureInfo& info_of(Measure measure);
/// nullptr: there is none of this name.
const MeasureInfo* find_measure(std::string_view name);

}  // namespace restante::history
