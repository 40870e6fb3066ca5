// When a message came, by its own header: for sources that do not say. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace restante::migrate {

/// Of the topmost Received, else of Date, in Unix seconds. `header` may be cut, and what follows it
/// is not looked at.
std::optional<std::int64_t> find_arrival(std::string_view header);

}  // namespace restante::migrate
