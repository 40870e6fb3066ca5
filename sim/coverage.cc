#include "sim/coverage.h"

#include <span>

#include <fmt/format.h>

namespace restante::sim {
namespace {

// What a long search must reach, by section.
constexpr std::array<std::string_view, 28> kOperations = {
    "clock",    "damage", "deliver",   "drop",      "end view",  "expired",  "full disk",
    "index",    "kill",   "list",      "make view", "meanwhile", "open",     "power loss",
    "quit",     "read",   "reclaimed", "released",  "repair",    "repaired", "restart",
    "set role", "trash",  "twice",     "undelete",  "upkeep",    "usage",    "views"};

constexpr std::array<std::string_view, 52> kStops = {"append: before write",
                                                     "append: before sync",
                                                     "aside: before write",
                                                     "aside: before sync",
                                                     "recovery, log: before sync",
                                                     "recovery, aside: before write",
                                                     "recovery, aside: before sync",
                                                     "idx.new: before write",
                                                     "log.new: before write",
                                                     "log.new: before sync",
                                                     "look at the log: before sync",
                                                     "append: in the middle of write",
                                                     "append: in the middle of sync",
                                                     "aside: in the middle of write",
                                                     "aside: in the middle of sync",
                                                     "recovery, log: in the middle of sync",
                                                     "recovery, aside: in the middle of write",
                                                     "recovery, aside: in the middle of sync",
                                                     "idx.new: in the middle of write",
                                                     "log.new: in the middle of write",
                                                     "log.new: in the middle of sync",
                                                     "look at the log: in the middle of sync",
                                                     "append: after write",
                                                     "append: after sync",
                                                     "aside: after write",
                                                     "aside: after sync",
                                                     "recovery, log: after sync",
                                                     "recovery, aside: after write",
                                                     "recovery, aside: after sync",
                                                     "idx.new: after write",
                                                     "log.new: after write",
                                                     "log.new: after sync",
                                                     "look at the log: after sync",
                                                     "append: before truncate",
                                                     "recovery, log: before truncate",
                                                     "recovery, log: before read",
                                                     "idx.new: before rename",
                                                     "log.new: before rename",
                                                     "names: before mkdir",
                                                     "names: before sync of a directory",
                                                     "recovery, names: before sync of a directory",
                                                     "rewrite, old log: before read",
                                                     "append: after truncate",
                                                     "recovery, log: after truncate",
                                                     "recovery, log: after read",
                                                     "idx.new: after rename",
                                                     "log.new: after rename",
                                                     "names: after mkdir",
                                                     "names: after sync of a directory",
                                                     "recovery, names: after sync of a directory",
                                                     "rewrite, old log: after read",
                                                     "idle"};

constexpr std::array<std::string_view, 42> kFaults = {"EIO at list",
                                                      "EIO at lock",
                                                      "EIO at mkdir",
                                                      "EIO at open",
                                                      "EIO at read",
                                                      "EIO at remove",
                                                      "EIO at rename",
                                                      "EIO at status",
                                                      "EIO at sync of a directory",
                                                      "EIO at truncate",
                                                      "EIO at write",
                                                      "ENOSPC at mkdir",
                                                      "ENOSPC at open",
                                                      "ENOSPC at rename",
                                                      "ENOSPC at write",
                                                      "damage seen by a reader",
                                                      "failed sync",
                                                      "flipped bit",
                                                      "foreign index",
                                                      "full disk",
                                                      "index cut short",
                                                      "index damaged",
                                                      "index lost",
                                                      "log header lost",
                                                      "message hit",
                                                      "misdirected sector",
                                                      "names not synced, kept: any",
                                                      "names not synced, kept: everything",
                                                      "names not synced, kept: in order",
                                                      "names not synced, kept: nothing",
                                                      "not in memory",
                                                      "old index",
                                                      "other record hit",
                                                      "power loss, kept: any",
                                                      "power loss, kept: everything",
                                                      "power loss, kept: in order",
                                                      "power loss, kept: nothing",
                                                      "process killed",
                                                      "short write",
                                                      "stale space",
                                                      "stopped in recovery",
                                                      "unsynced file in a crash"};

}  // namespace

void Coverage::count(Section section, std::string_view name, std::uint64_t by) {
  Counters& counters = sections_[static_cast<std::size_t>(section)];
  const auto at = counters.find(name);
  if (at != counters.end()) {
    at->second += by;
  } else {
    counters.emplace(name, by);
  }
}

void Coverage::add(const Coverage& other) {
  for (std::size_t i = 0; i < sections_.size(); ++i)
    for (const auto& [name, value] : other.sections_[i])
      count(static_cast<Section>(i), name, value);
}

std::vector<std::string> Coverage::missing() const {
  std::vector<std::string> out;
  const auto look = [&](Section section, std::span<const std::string_view> required) {
    const Counters& counters = sections_[static_cast<std::size_t>(section)];
    for (const std::string_view name : required)
      if (!counters.contains(name)) out.emplace_back(name);
  };
  look(Section::kOperation, kOperations);
  look(Section::kStop, kStops);
  look(Section::kFault, kFaults);
  return out;
}

std::string Coverage::table() const {
  constexpr std::array<std::string_view, 3> kTitles = {
      "operations", "where the machine or a process stopped", "faults"};
  std::string out;
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    out += fmt::format("\n{}\n", kTitles[i]);
    for (const auto& [name, value] : sections_[i])
      out += fmt::format("  {:<56} {:>12}\n", name, value);
  }
  return out;
}

}  // namespace restante::sim
