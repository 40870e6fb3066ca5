#include "text/enriched.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::text {
namespace {

constexpr std::size_t kCommandBytesMax = 62;  // RFC 1896: 60 and the slash.

}  // namespace

std::string enriched_to_text(std::string_view text) {
  std::string out;
  std::size_t hidden = 0;  // Open <param>s: what stands in them is for the command.
  std::size_t exact = 0;   // Open <nofill>s: lines are as they stand.
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '<' && text.substr(at).starts_with("<<")) {
      if (hidden == 0) out += '<';
      at += 2;
      continue;
    }
    const std::size_t end =
        c == '<' ? text.substr(at, kCommandBytesMax + 2).find('>') : std::string_view::npos;
    if (end != std::string_view::npos) {
      const std::string command = to_lower(text.substr(at + 1, end - 1));
      if (command == "param") ++hidden;
      if (command == "/param" && hidden > 0) --hidden;
      if (command == "nofill") ++exact;
      if (command == "/nofill" && exact > 0) --exact;
      if (command == "nl" || command == "np" || command == "paragraph") out += '\n';
      at += end + 1;
      continue;
    }
    if (c == '\n' && exact == 0) {
      // One line end is a blank, of several the first is none (RFC 1896, "Line breaks").
      std::size_t lines = 0;
      for (; at < text.size() && (text[at] == '\n' || text[at] == '\r'); ++at)
        if (text[at] == '\n') ++lines;
      if (hidden == 0)
        out +=
            lines == 1 ? std::string(at < text.size() ? " " : "\n") : std::string(lines - 1, '\n');
      continue;
    }
    if (hidden == 0 && c != '\r') out += c;
    ++at;
  }
  return out;
}

}  // namespace restante::text
