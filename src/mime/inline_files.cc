#include "mime/inline_files.h"

#include "mime/line_scan.h"
#include "mime/uuencode_decoder.h"

namespace restante::mime {
namespace {

/// Where the file that begins at `at` ends; `at`: it is none. A line "begin …" is no line of a
/// file, so that no line is looked at for two of them.
std::size_t end_of_file(std::string_view octets, std::size_t at) {
  std::size_t next = line_at(octets, at, '\n').next;
  std::size_t lines = 0;
  while (next < octets.size()) {
    const Line line = line_at(octets, next, '\n');
    if (line.text == "end") return line.next;
    if (!is_uuencode_line(line.text)) return lines > 0 && line.text.empty() ? next : at;
    next = line.next;
    ++lines;
  }
  return lines > 0 ? next : at;
}

}  // namespace

bool may_have_inline_files(std::string_view octets) {
  return octets.starts_with("begin ") || octets.find("\nbegin ") != std::string_view::npos;
}

SplitText split_inline_files(std::string_view octets, std::size_t files_max) {
  SplitText split;
  std::size_t kept = 0;  // What is before is in the result.
  for (std::size_t at = 0; at < octets.size();) {
    const Line line = line_at(octets, at, '\n');
    const std::string_view name = uuencode_name(line.text);
    const std::size_t end =
        name.empty() || split.files.size() >= files_max ? at : end_of_file(octets, at);
    if (end == at) {
      at = line.next;
      continue;
    }
    split.text.append(octets.substr(kept, at - kept));
    split.files.push_back({std::string(name), octets.substr(at, end - at)});
    at = kept = end;
  }
  split.text.append(octets.substr(kept));
  return split;
}

}  // namespace restante::mime
