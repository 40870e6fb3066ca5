#include "fetch/plan/backoff.h"

#include <algorithm>

namespace restante::fetch {
namespace {

constexpr std::chrono::seconds kRetryFirst = std::chrono::minutes(5);
constexpr std::chrono::seconds kRetryMax = std::chrono::hours(24);
constexpr std::chrono::seconds kPollMax = std::chrono::hours(1);

}  // namespace

std::chrono::seconds retry_delay(std::uint32_t attempts) {
  if (attempts == 0) return std::chrono::seconds(0);
  std::chrono::seconds delay = kRetryFirst;
  // Five minutes, twenty, an hour and a half, …: a fault that passes is met early, one that stays
  // costs a try a day.
  for (std::uint32_t i = 1; i < attempts && delay < kRetryMax; ++i) delay *= 4;
  return std::min(delay, kRetryMax);
}

std::chrono::milliseconds poll_delay(std::chrono::seconds interval, std::uint32_t failures,
                                     double chance) {
  // An interval of a day does not become shorter by a failure.
  const std::chrono::seconds longest = std::max(interval, kPollMax);
  std::chrono::seconds delay = interval;
  for (std::uint32_t i = 0; i < failures && delay < longest; ++i) delay *= 2;
  const std::chrono::milliseconds whole = std::min(delay, longest);
  // Thousands of clients that lost one server at one moment must not come back at one moment.
  const double extra = static_cast<double>(whole.count()) / 10 * std::clamp(chance, 0.0, 1.0);
  return whole + std::chrono::milliseconds(static_cast<std::int64_t>(extra));
}

std::chrono::milliseconds session_delay(int broken) {
  constexpr std::chrono::seconds kSessionMax{8};
  // The first break may be the network's; the next session follows at once.
  if (broken < 2) return std::chrono::milliseconds(0);
  return std::min(kSessionMax, std::chrono::seconds(1) * (1 << std::min(broken - 2, 3)));
}

}  // namespace restante::fetch
