#include "smtp/line_reader.h"

namespace restante::smtp {
namespace {

bool is_forbidden(std::string_view line) {
  return line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

LineReader::Line LineReader::take(std::string_view& input) {
  if (line_given_) reset();
  for (;;) {
    const std::size_t lf = input.find('\n');
    if (lf == std::string_view::npos) {
      if (!input.empty()) after_cr_ = input.back() == '\r';
      if (bare_lfs_ == 0) keep(input);
      input = {};
      return {};
    }
    const bool is_crlf = lf > 0 ? input[lf - 1] == '\r' : after_cr_;
    const std::string_view part = input.substr(0, lf + 1);
    input.remove_prefix(part.size());
    if (is_crlf && bare_lfs_ == 0) return end_line(part);
    if (is_crlf) {
      reset();
      continue;
    }
    after_cr_ = false;
    ++bare_lfs_;
    if (bare_lfs_ == 1) return {Kind::kForbidden, {}};
    if (bare_lfs_ == 2) return {Kind::kLfOnly, {}};
  }
}

LineReader::Line LineReader::end_line(std::string_view line) {
  if (!kept_.empty() || too_long_) {
    keep(line);
    line = kept_;
  }
  line_given_ = true;
  if (too_long_ || line.size() > line_bytes_max_) return {Kind::kTooLong, {}};
  line.remove_suffix(2);
  if (is_forbidden(line)) return {Kind::kForbidden, {}};
  return {Kind::kLine, line};
}

void LineReader::reset() {
  kept_.clear();
  too_long_ = after_cr_ = line_given_ = false;
  bare_lfs_ = 0;
}

void LineReader::keep(std::string_view part) {
  if (too_long_ || part.size() > line_bytes_max_ - kept_.size()) {
    too_long_ = true;
    kept_.clear();
    return;
  }
  kept_ += part;
}

}  // namespace restante::smtp
