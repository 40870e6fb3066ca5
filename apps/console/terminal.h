// What the terminal can show.
#pragma once

#include <cstddef>

namespace restante::console {

/// stdout is a terminal that can, and NO_COLOR does not ask not to.
bool wants_colour();

/// Of the terminal that stderr is; 80 when it does not say.
std::size_t terminal_columns();

}  // namespace restante::console
