// What of a dialogue with a server may be shown.
#pragma once

#include <functional>
#include <string_view>

namespace restante::fetch {

/// A line of the dialogue: '>' what we said, '<' what the server said, without its end, printable.
/// Secrets are replaced by "…", messages and listings are left out.
using Trace = std::function<void(char direction, std::string_view line)>;

}  // namespace restante::fetch
