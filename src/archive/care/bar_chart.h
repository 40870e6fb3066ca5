// Numbers as bars: in a terminal, or as an SVG file that stands alone. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace restante::archive {

struct Bar {
  std::string name;
  std::uint64_t value = 0;
  std::string label;  ///< The value, for people.
};

/// One line a bar, at most `columns` wide.
std::vector<std::string> bars_as_text(const std::vector<Bar>& bars, std::size_t columns);

/// A whole SVG document: horizontal bars with their names and labels, and a title for those who
/// cannot see it.
std::string bars_as_svg(const std::vector<Bar>& bars, std::string_view title);

}  // namespace restante::archive
