#include "text/enriched.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::text {
namespace {

constexpr std::size_t kCommandBytesMax = 62;  // RFC 1896: 60 and the slash.

bool is_command(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-';
  });
}

}  // namespace

std::string enriched_to_text(std::string_view text) {
  std::string out;
  // In a <param>: what stands there is for the command. The line's end and the next command end it,
  // too, so that one without its end hides little.
  bool is_hidden = false;
  std::size_t exact = 0;  // Open <nofill>s: lines are as they stand.
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '<' && text.substr(at).starts_with("<<")) {
      if (!is_hidden) out += '<';
      at += 2;
      continue;
    }
    const std::size_t end =
        c == '<' ? text.substr(at, kCommandBytesMax + 2).find('>') : std::string_view::npos;
    if (end != std::string_view::npos && is_command(text.substr(at + 1, end - 1))) {
      const std::string command = to_lower(text.substr(at + 1, end - 1));
      is_hidden = command == "param";
      if (command == "nofill") ++exact;
      if (command == "/nofill" && exact > 0) --exact;
      if (command == "nl" || command == "np" || command == "paragraph") out += '\n';
      at += end + 1;
      continue;
    }
    if (c == '\n') is_hidden = false;
    if (c == '\n' && exact == 0) {
      // One line end is a blank, of several the first is none (RFC 1896, "Line breaks").
      std::size_t lines = 0;
      for (; at < text.size() && (text[at] == '\n' || text[at] == '\r'); ++at)
        if (text[at] == '\n') ++lines;
      out += lines == 1 ? std::string(at < text.size() ? " " : "\n") : std::string(lines - 1, '\n');
      continue;
    }
    if (!is_hidden && c != '\r') out += c;
    ++at;
  }
  return out;
}

}  // namespace restante::text
