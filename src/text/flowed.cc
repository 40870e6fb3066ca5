#include "text/flowed.h"

#include <algorithm>

namespace restante::text {
namespace {

/// A line without its end; the text is made shorter by both.
std::string_view take_flowed_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string unflow(std::string_view text, bool delete_space) {
  std::string out;
  bool flowing = false;  // The line before asked for more.
  std::size_t depth_before = 0;
  while (!text.empty()) {
    std::string_view line = take_flowed_line(text);
    const std::size_t depth = std::min(line.find_first_not_of('>'), line.size());
    line.remove_prefix(depth);
    if (line.starts_with(' ')) line.remove_prefix(1);  // Space-stuffing.
    const bool signature = line == "-- ";
    const bool continues = flowing && depth == depth_before && !signature;
    if (!continues) {
      if (flowing) out += '\n';
      out.append(depth, '>');
      if (depth > 0) out += ' ';
    }
    flowing = line.ends_with(' ') && !signature;
    if (flowing && delete_space) line.remove_suffix(1);
    out.append(line);
    if (!flowing) out += '\n';
    depth_before = depth;
  }
  if (flowing) out += '\n';
  return out;
}

}  // namespace restante::text
