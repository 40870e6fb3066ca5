#include "mime/inline_files.h"

#include <algorithm>

#include "base/ascii.h"

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
    if (is_uuencode_end(line.text)) return line.next;
    if (!is_uuencode_line(line.text)) return lines > 0 && line.text.empty() ? next : at;
    next = line.next;
    ++lines;
  }
  return lines > 0 ? next : at;
}

constexpr std::string_view kBase64Begin = "begin-base64 ";
constexpr std::string_view kBase64End = "====";

/// The name on a line "begin-base64 644 name", or empty: it is none.
std::string_view base64_name(std::string_view line) {
  if (!line.starts_with(kBase64Begin)) return {};
  line.remove_prefix(kBase64Begin.size());
  const std::size_t digits = std::min(line.find_first_not_of("01234567"), line.size());
  const bool is_mode = digits == 3 || digits == 4;
  return is_mode && line.substr(digits).starts_with(' ') ? trim(line.substr(digits))
                                                         : std::string_view();
}

bool is_base64_line(std::string_view line) {
  return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
  });
}

/// The octets of the file that begins at `at`, before its last line; empty: it is none.
std::string_view base64_file(std::string_view octets, std::size_t at) {
  const std::size_t begin = line_at(octets, at, '\n').next;
  for (std::size_t next = begin; next < octets.size();) {
    const Line line = line_at(octets, next, '\n');
    const std::string_view text = trim(line.text);
    if (text == kBase64End) return octets.substr(begin, next - begin);
    if (!is_base64_line(text)) break;
    next = line.next;
  }
  return {};
}

}  // namespace

bool may_have_inline_files(std::string_view octets) {
  return octets.starts_with("begin ") || octets.find("\nbegin ") != std::string_view::npos ||
         octets.starts_with(kBase64Begin) ||
         octets.find("\nbegin-base64 ") != std::string_view::npos;
}

SplitText split_inline_files(std::string_view octets, std::size_t files_max) {
  SplitText split;
  std::size_t kept = 0;  // The text before is in the result.
  for (std::size_t at = 0; at < octets.size();) {
    const Line line = line_at(octets, at, '\n');
    const std::string_view base64 = base64_name(line.text);
    if (!base64.empty() && split.files.size() < files_max) {
      const std::string_view encoded = base64_file(octets, at);
      const std::size_t end = line.next + encoded.size();
      if (!encoded.empty()) {
        split.text.append(octets.substr(kept, at - kept));
        split.files.push_back({std::string(base64), encoded, Encoding::kBase64});
        at = kept = line_at(octets, end, '\n').next;
        continue;
      }
    }
    const std::string_view name = uuencode_name(line.text);
    const std::size_t end =
        name.empty() || split.files.size() >= files_max ? at : end_of_file(octets, at);
    if (end == at) {
      at = line.next;
      continue;
    }
    split.text.append(octets.substr(kept, at - kept));
    split.files.push_back({std::string(name), octets.substr(at, end - at), Encoding::kUuencode});
    at = kept = end;
  }
  split.text.append(octets.substr(kept));
  return split;
}

}  // namespace restante::mime
