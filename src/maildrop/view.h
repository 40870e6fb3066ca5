// Views of a maildrop: one reader's sight of it each, a device's or the trash's. All views see the
// same messages under the same unique ids; each has its own numbers and lock, and its deletions
// hide a message from it alone unless its role says more. docs/devices.md tells it to people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"

namespace restante::maildrop {

/// The number of a view in its maildrop. A number that was given is never given again.
enum class View : std::uint32_t {
  kDefault = 0,
  kTrash = 0xFFFFFFFF,  ///< What other views have deleted and the undelete window still keeps.
};

/// What a view's deletions mean for the others, and whether messages wait for it. Stored.
enum class ViewRole : std::uint8_t {
  kEach = 0,    ///< Deletes for itself; what it has not deleted stays.
  kMain = 1,    ///< Deletes for all views; what it has not deleted stays.
  kReader = 2,  ///< Deletes for itself; nothing stays for it.
};

/// "each", "main" or "reader".
std::string_view to_string(ViewRole role);
/// Errors: kSyntax.
Result<ViewRole> parse_view_role(std::string_view text);

inline constexpr std::string_view kTrashName = "trash";
/// The default view's, for lists and logs: no view can be called that.
inline constexpr std::string_view kDefaultName = "default";

/// A name in lower case, as views are kept by. Errors: kSyntax: not 1 to 32 of a-z 0-9 . _ - in
/// any case, or "trash" or "default".
Result<std::string> view_name(std::string_view text);

/// What a new view sees of the mail that is there already. All mail that comes later it sees.
struct ViewStart {
  enum class From : std::uint8_t {
    kWaiting,  ///< What the default view has.
    kAll,      ///< What any view has.
    kNow,      ///< Nothing.
    kSince,    ///< What any view has and arrived at `since` or later.
  };
  From from = From::kWaiting;
  WallTime since{};
};

/// Errors: kSyntax. "all", "now", "waiting", or days as in "30d", counted back from `now`.
Result<ViewStart> parse_view_start(std::string_view text, WallTime now);

/// A view to be made.
struct NewView {
  std::string name;  ///< As view_name() gives it.
  ViewRole role = ViewRole::kEach;
  ViewStart start{};
  std::size_t views_max = limits::kViewsMax;  ///< With it, the default view not counted.
  /// The own view of the device that is called so: its password opens it. A view that is there
  /// already under this name becomes the device's.
  bool of_device = false;
  /// What a copy's target has not taken yet: it always holds, has no role, counts for no limit of
  /// views, and no login opens it.
  bool of_copy = false;
};

/// The name of a device's own view: its label in small letters, with '-' for what no name may hold.
std::string device_view_name(std::string_view label);

struct FoundView {
  View view{};
  bool of_device = false;
  bool of_copy = false;
};

}  // namespace restante::maildrop
