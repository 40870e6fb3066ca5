// A plot of figures over time, as SVG within HTML: axes with units, and the numbers of each period
// in a <title>, which browsers show under the pointer. It needs no script and no style attribute.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/page/scale.h"

namespace restante::server::page {

struct Series {
  std::string name;                             ///< "failed".
  std::string colour;                           ///< A class of the style sheet: "bad".
  std::vector<std::optional<double>> values{};  ///< One a period; nullopt: it is not known.
};

struct Plot {
  std::string title;  ///< Of the picture, for readers who do not see it.
  Unit unit = Unit::kCount;
  WallTime from{};
  std::chrono::seconds period{};  ///< Of each value.
  std::size_t periods = 0;
  bool is_area = false;          ///< What is there, not what happened: no gaps between the columns.
  std::vector<Series> series{};  ///< Drawn on top of each other, the first at the bottom.
};

/// Never throws away a value: a column of one pixel at least stands for any that is not 0.
std::string svg(const Plot& plot);

}  // namespace restante::server::page
