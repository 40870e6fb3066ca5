#include "smtp/line_tracker.h"

namespace restante::smtp {

std::size_t LineTracker::walk(std::string_view text, std::size_t at) {
  const std::size_t lf = text.find('\n', at);
  const bool has_lf = lf != std::string_view::npos;
  const std::string_view line = text.substr(at, has_lf ? lf - at : std::string_view::npos);
  if (after_cr_ && !line.empty()) bare_newline_ = true;
  const std::size_t cr = line.find('\r');
  if (cr != std::string_view::npos && cr + 1 < line.size()) bare_newline_ = true;
  const bool ends_in_cr = line.empty() ? after_cr_ : line.back() == '\r';
  if (has_lf && !ends_in_cr) bare_newline_ = true;
  at_line_start_ = has_lf && ends_in_cr;
  after_cr_ = !has_lf && ends_in_cr;
  return has_lf ? lf + 1 : text.size();
}

void LineTracker::saw_cr() {
  bare_newline_ = bare_newline_ || after_cr_;
  after_cr_ = true;
  at_line_start_ = false;
}

}  // namespace restante::smtp
