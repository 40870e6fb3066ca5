// A curve in one line of text. Nothing here knows what it shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace restante::ctl {

/// From the least possible, 0, to the greatest of `values`, in at most `cells` cells: several
/// values in one cell are shown by their mean, a gap by a space.
std::string sparkline(const std::vector<std::optional<double>>& values, std::size_t cells);

}  // namespace restante::ctl
