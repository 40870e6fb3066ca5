#include "fetch/known.h"

#include <array>
#include <utility>

namespace restante::fetch {
namespace {

constexpr std::array<std::pair<UidState, std::string_view>, 7> kNames{{
    {UidState::kSeen, "seen"},
    {UidState::kStored, "stored"},
    {UidState::kDeleteSent, "delete-sent"},
    {UidState::kGone, "gone"},
    {UidState::kVanished, "vanished"},
    {UidState::kSkipped, "skipped"},
    {UidState::kFailed, "failed"},
}};

}  // namespace

std::string_view to_string(UidState state) {
  for (const auto& [value, name] : kNames)
    if (value == state) return name;
  return "seen";
}

std::string too_large_reason(std::uint64_t octets_max) {
  return std::string(kTooLarge) + " " + std::to_string(octets_max) + " octets";
}

std::optional<UidState> uid_state_of(std::int64_t number) {
  for (const auto& [value, name] : kNames)
    if (static_cast<std::int64_t>(value) == number) return value;
  return std::nullopt;
}

}  // namespace restante::fetch
