#include "restante/fetching/life_signs.h"

#include <algorithm>
#include <utility>

#include "fetch/hand_on/hand_on_target.h"
#include "fetch/outside/program.h"

namespace restante::cli {
namespace {

// The longest work between two waits: a large mailbox's names, a slow disk, another's index.
constexpr std::chrono::minutes kWork{5};

}  // namespace

std::chrono::seconds silence_max(const profile::Account& account) {
  const auto program = std::chrono::ceil<std::chrono::seconds>(fetch::Program().timeout);
  auto longest = std::max({program, account.connect_timeout, account.reply_timeout});
  for (const profile::HandOn& target : account.hand_on)
    longest = std::max(longest, fetch::patience_with(target));
  return longest + kWork;
}

std::chrono::milliseconds LifeSigns::pause() const {
  const auto quarter = std::chrono::floor<std::chrono::milliseconds>(interval_ / 4);
  return std::max(quarter, std::chrono::milliseconds(1));
}

void LifeSigns::expect(const net::Pulse& pulse, std::string name, std::chrono::seconds silence) {
  threads_.push_back({&pulse, std::move(name), silence, false});
}

std::vector<std::string> LifeSigns::tell(Clock::time_point now) {
  std::vector<std::string> stuck;
  if (!wanted()) return stuck;
  bool all_go_on = true;
  for (Thread& thread : threads_) {
    const Clock::time_point seen = thread.pulse->seen();
    const bool is_stuck = seen < now && now - seen > thread.silence;
    if (is_stuck && !thread.is_stuck) stuck.push_back(thread.name);
    thread.is_stuck = is_stuck;
    all_go_on = all_go_on && !is_stuck;
  }
  // At a quarter and what a call comes late: at half of the interval it has been told.
  if (all_go_on && now - told_ >= interval_ / 4) {
    supervisor_.notify("WATCHDOG=1");
    told_ = now;
  }
  return stuck;
}

}  // namespace restante::cli
