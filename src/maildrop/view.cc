#include "maildrop/view.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::maildrop {
namespace {

constexpr std::size_t kNameBytesMax = 32;
constexpr std::uint32_t kDaysMax = 36500;

constexpr std::array<std::pair<ViewRole, std::string_view>, 3> kRoles = {
    {{ViewRole::kEach, "each"}, {ViewRole::kMain, "main"}, {ViewRole::kReader, "reader"}}};

bool may_stand_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string_view to_string(ViewRole role) {
  for (const auto& [one, name] : kRoles)
    if (one == role) return name;
  return "unknown";
}

Result<ViewRole> parse_view_role(std::string_view text) {
  for (const auto& [role, name] : kRoles)
    if (name == text) return role;
  return Error(Errc::kSyntax, "a view's role is each, main or reader");
}

Result<std::string> view_name(std::string_view text) {
  std::string name = to_lower(text);
  const bool is_right = !name.empty() && name.size() <= kNameBytesMax &&
                        std::ranges::all_of(name, may_stand_in_name);
  if (!is_right)
    return Error(Errc::kSyntax, "a view's name is 1 to 32 of a-z, 0-9, '.', '_' and '-'");
  if (name == kTrashName || name == kDefaultName)
    return Error(Errc::kSyntax, "a view cannot be called " + name);
  return name;
}

std::string device_view_name(std::string_view label) {
  std::string name = to_lower(label).substr(0, kNameBytesMax);
  std::ranges::replace_if(name, [](char c) { return !may_stand_in_name(c); }, '-');
  return name == kTrashName || name == kDefaultName ? name + '-' : name;
}

Result<ViewStart> parse_view_start(std::string_view text, WallTime now) {
  using From = ViewStart::From;
  if (text == "waiting") return ViewStart{From::kWaiting, {}};
  if (text == "all") return ViewStart{From::kAll, {}};
  if (text == "now") return ViewStart{From::kNow, {}};
  if (text.ends_with('d')) {
    const auto days = parse_decimal<std::uint32_t>(text.substr(0, text.size() - 1));
    if (days && *days <= kDaysMax)
      return ViewStart{From::kSince, now - std::chrono::days(static_cast<int>(*days))};
  }
  return Error(Errc::kSyntax, "a view starts from all, now, waiting, or days as in 30d");
}

}  // namespace restante::maildrop
