// Text files of other programs, line by line and word by word. Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace restante::migrate {

/// More of one mailbox is no mailbox.
inline constexpr std::size_t kMessagesMax = 5'000'000;

/// The next line, without its LF or CRLF.
inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The word before the next blank; the blanks behind it are taken, too.
inline std::string_view take_field(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  return field;
}

}  // namespace restante::migrate
