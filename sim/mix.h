// What one run is made of, drawn from its seed: which operations it has and how often, which
// faults, how many clients. Each run leaves out some of both (swarm testing), so that rare
// combinations get runs of their own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sim/machine.h"

namespace restante::sim {

enum class Step : std::uint8_t {
  kDeliver,
  kOpen,
  kRead,
  kQuit,
  kDrop,
  kList,
  kRestart,
  kKill,
  kPowerLoss,
  kIndex,
  kClock,
  kFullDisk,
  kTwice,
  kDamage,
  kUsage,
  kUndelete,
  kUpkeep,
  kRepair,
  kCount
};
inline constexpr std::size_t kSteps = static_cast<std::size_t>(Step::kCount);

std::string_view name_of(Step step);

struct Mix {
  FaultMix faults;
  std::array<std::uint64_t, kSteps> weights{};
  std::uint64_t steps = 0;
  std::size_t accounts = 1;
  std::size_t offices = 1;         ///< Processes that serve the same directory.
  std::uint64_t stop_percent = 0;  ///< How many operations the machine may stop in.
  std::uint64_t kill_percent = 0;  ///< Of these, how many kill the process alone.
  std::size_t idle_maildrops_max = 0;
  std::uint64_t index_worth_bytes = 0;
  bool large_mail = false;
  bool rewrites = false;  ///< Mail and deletions so that reclaiming is worth it, often.
  bool quotas = false;
  bool groups = false;       ///< Several messages at the same time, with one sync.
  bool live_damage = false;  ///< Several processes may run on while a log is damaged.
  bool views = false;        ///< Several of a maildrop, and the trash.
  bool copies = false;       ///< Views of copies among them.
  std::optional<std::chrono::seconds> view_expires{};
  std::chrono::seconds undelete_window{0};
};

/// `without`: names of steps and of faults (as in docs/simulation.md) that are left out.
Mix draw_mix(Rng& rng, const std::set<std::string>& without);
/// Whether the run has views, and what holds for them.
void draw_views(Mix& mix, Rng& rng, const std::set<std::string>& without);

}  // namespace restante::sim
