// How `top` looks: lines of text for a terminal of any size. Pure.
#pragma once

#include <string>
#include <vector>

#include "restantectl/control/top_meter.h"

namespace restante::ctl {

struct ScreenSize {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

/// Harmless, none longer than the screen is wide, and no more than it is high.
std::vector<std::string> top_lines(const TopFrame& frame, const ScreenSize& size);
/// The same in place of what the terminal shows.
std::string repaint(const std::vector<std::string>& lines);

}  // namespace restante::ctl
