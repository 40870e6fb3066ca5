#include "mime/line_scan.h"

#include <algorithm>

namespace restante::mime {
namespace {

// An old file that went through a new program has a few LF.
constexpr std::ptrdiff_t kCrsForEachLf = 10;

/// CR that no LF follows.
std::ptrdiff_t bare_crs(std::string_view text) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = text.find('\r'); at < text.size(); at = text.find('\r', at + 1))
    if (!text.substr(at + 1).starts_with('\n')) ++count;
  return count;
}

/// Its first lines end with LF: what is behind them may be octets of a file.
bool begins_with_lfs(std::string_view text) {
  constexpr int kLinesMin = 2;  // The first may be mbox's.
  for (int lines = 0; lines < kLinesMin; ++lines) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end);
    if (text.starts_with('\r'))
      text.remove_prefix(std::min(text.find_first_not_of('\r'), text.size()));
    if (!text.starts_with('\n')) return false;
    text.remove_prefix(1);
  }
  return true;
}

}  // namespace

char line_end_of(std::string_view text) {
  if (begins_with_lfs(text)) return '\n';
  const std::size_t last = text.find_last_not_of("\r\n");
  const std::string_view before = last == std::string_view::npos ? text : text.substr(0, last + 1);
  const std::ptrdiff_t lfs = std::count(before.begin(), before.end(), '\n');
  const std::ptrdiff_t crs = std::count(text.begin(), text.end(), '\r');
  if (lfs == 0 && text.find('\n', before.size()) != std::string_view::npos)
    return before.find('\r') == std::string_view::npos ? '\n' : '\r';
  if (crs <= kCrsForEachLf * lfs) return '\n';
  return bare_crs(text) > kCrsForEachLf * lfs ? '\r' : '\n';
}

Line line_at(std::string_view text, std::size_t at, char end) {
  const std::size_t found = text.find(end, at);
  const bool is_last = found == std::string_view::npos;
  Line line{text.substr(at, is_last ? std::string_view::npos : found - at),
            is_last ? text.size() : found + 1};
  if (end == '\r' && line.next < text.size() && text[line.next] == '\n') ++line.next;
  while (line.text.ends_with('\r')) line.text.remove_suffix(1);
  return line;
}

std::string_view without_line_end(std::string_view text, char end) {
  if (end == '\r' && text.ends_with("\r\n")) text.remove_suffix(1);
  if (!text.ends_with(end)) return text;
  text.remove_suffix(1);
  if (end == '\n' && text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace restante::mime
