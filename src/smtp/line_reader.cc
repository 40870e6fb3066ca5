#include "smtp/line_reader.h"

namespace restante::smtp {
namespace {

// The length of the line at the front of `input` with its CRLF, or 0 when its end is not there.
std::size_t find_line_end(std::string_view input, bool after_cr) {
  for (std::size_t at = input.find('\n'); at != std::string_view::npos;
       at = input.find('\n', at + 1)) {
    const bool is_crlf = at > 0 ? input[at - 1] == '\r' : after_cr;
    if (is_crlf) return at + 1;
  }
  return 0;
}

bool is_forbidden(std::string_view line) {
  return line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

LineReader::Line LineReader::take(std::string_view& input) {
  if (line_given_) reset();
  const std::size_t length = find_line_end(input, after_cr_);
  if (length == 0) {
    if (!input.empty()) after_cr_ = input.back() == '\r';
    keep(input);
    input = {};
    return {};
  }
  std::string_view line = input.substr(0, length);
  input.remove_prefix(length);
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
