#include "fetch/plan/known.h"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::fetch {
namespace {

constexpr std::array<std::pair<UidState, std::string_view>, 8> kNames{{
    {UidState::kSeen, "seen"},
    {UidState::kStored, "stored"},
    {UidState::kDeleteSent, "delete-sent"},
    {UidState::kGone, "gone"},
    {UidState::kVanished, "vanished"},
    {UidState::kSkipped, "skipped"},
    {UidState::kFailed, "failed"},
    {UidState::kElsewhere, "elsewhere"},
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

bool is_elsewhere(const Known& known, std::string_view uid) {
  std::string key(uid);
  if (const auto found = known.find(key); found != known.end())
    return found->second.state == UidState::kElsewhere;
  if (key.find('/') == std::string::npos) return false;
  // getmail's list of old mail has unique ids in this form.
  std::replace(key.begin(), key.end(), '/', '-');
  const auto found = known.find(key);
  return found != known.end() && found->second.state == UidState::kElsewhere &&
         found->second.reason == kByGetmail;
}

}  // namespace restante::fetch
