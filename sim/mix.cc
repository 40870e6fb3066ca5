#include "sim/mix.h"

namespace restante::sim {
namespace {

struct StepKind {
  std::string_view name;
  std::uint64_t weight;
  std::uint64_t kept_percent;  ///< In how many runs it takes part.
};

// In the order of Step.
constexpr std::array<StepKind, kSteps> kKinds = {{
    {"deliver", 40, 100},
    {"open", 20, 95},
    {"read", 12, 80},
    {"quit", 15, 85},
    {"drop", 4, 60},
    {"list", 5, 60},
    {"restart", 4, 50},
    {"kill", 4, 40},
    {"power loss", 5, 60},
    {"index", 5, 40},
    {"clock", 3, 50},
    {"full disk", 3, 25},
    {"twice", 2, 40},
    {"damage", 4, 25},
    {"usage", 3, 50},
    {"undelete", 6, 50},
    {"upkeep", 10, 60},
    {"repair", 4, 35},
}};

}  // namespace

std::string_view name_of(Step step) { return kKinds.at(static_cast<std::size_t>(step)).name; }

Mix draw_mix(Rng& rng, const std::set<std::string>& without) {
  const auto draw = [&](const char* name, std::uint64_t percent) {
    return rng.percent(percent) && !without.contains(name);
  };
  Mix mix;
  mix.steps = rng.one_in(4) ? rng.between(60, 160) : rng.between(8, 60);
  constexpr std::array<std::size_t, 4> kAccounts = {1, 1, 3, 8};
  mix.accounts = kAccounts[rng.below(kAccounts.size())];
  mix.offices = rng.one_in(3) ? 2 : 1;
  constexpr std::array<std::size_t, 3> kIdle = {4096, 1, 2};
  mix.idle_maildrops_max = kIdle[rng.below(kIdle.size())];
  constexpr std::array<std::uint64_t, 3> kWorth = {1, 1000, 64U << 10};
  mix.index_worth_bytes = kWorth[rng.below(kWorth.size())];
  mix.large_mail = draw("large", 30);
  mix.live_damage = draw("live damage", 50);
  mix.rewrites = draw("rewrites", 25);
  mix.quotas = draw("quotas", 40);
  constexpr std::array<std::chrono::hours, 3> kWindows = {
      std::chrono::hours(0), std::chrono::hours(24), std::chrono::hours(24 * 7)};
  mix.undelete_window = kWindows[mix.rewrites && rng.one_in(2) ? 0 : rng.below(kWindows.size())];
  if (mix.rewrites) mix.accounts = 1;
  mix.stop_percent = draw("stop", 70) ? rng.between(2, 30) : 0;
  mix.kill_percent = draw("kill", 50) ? 40 : 0;
  FaultMix& faults = mix.faults;
  constexpr std::array<std::uint64_t, 4> kRates = {0, 200, 50, 15};
  faults.one_call_in = kRates[rng.below(kRates.size())];
  faults.eio = draw("eio", 60);
  faults.full = draw("full", 50);
  faults.short_write = draw("short write", 50);
  faults.failed_sync = draw("failed sync", 50);
  faults.double_fault = draw("double fault", 50);
  faults.uncached_percent = draw("uncached", 50) ? rng.between(1, 100) : 0;
  faults.stale_space = draw("stale space", 30);
  faults.journal = rng.one_in(2);
  faults.sync_keeps_name = rng.one_in(3);
  for (std::size_t i = 0; i < kSteps; ++i) {
    const bool kept = rng.percent(kKinds[i].kept_percent);
    if (kept && !without.contains(std::string(kKinds[i].name)))
      mix.weights[i] = kKinds[i].weight * rng.between(1, 3);
  }
  if (mix.rewrites) {
    mix.weights[static_cast<std::size_t>(Step::kQuit)] *= 2;
    mix.weights[static_cast<std::size_t>(Step::kOpen)] *= 2;
    mix.weights[static_cast<std::size_t>(Step::kUpkeep)] *= 3;
  }
  return mix;
}

void draw_views(Mix& mix, Rng& rng, const std::set<std::string>& without) {
  mix.views = rng.percent(40) && !without.contains("views");
  mix.copies = rng.percent(50) && mix.views && !without.contains("copies");
  constexpr std::array<std::chrono::hours, 3> kExpire = {
      std::chrono::hours(24 * 90), std::chrono::hours(24 * 3), std::chrono::hours(24 * 15)};
  if (mix.views && !rng.one_in(4)) mix.view_expires = kExpire[rng.below(kExpire.size())];
}

}  // namespace restante::sim
