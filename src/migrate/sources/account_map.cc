#include "migrate/sources/account_map.h"

#include <map>

#include "base/ascii.h"
#include "migrate/formats/lines.h"

namespace restante::migrate {
namespace {

/// The word before the next blank or tab, off the front of `line`.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line = trim(line.substr(end));
  return word;
}

}  // namespace

AccountMap parse_account_map(std::string_view text) {
  AccountMap map;
  std::map<std::string, std::size_t, std::less<>> first_lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = trim(take_line(text));
    if (line.empty() || line.front() == '#') continue;
    MapLine taken;
    taken.number = number;
    taken.account = take_word(line);
    taken.source = take_word(line);
    if (taken.source == "-") taken.source.clear();
    taken.password = SecretString(line);
    // The rest of the line, because a password may have blanks in it.
    const auto [first, is_new] = first_lines.emplace(taken.account, number);
    // The first line counts and the second is told: to guess could give one user another's mail.
    if (is_new) {
      map.lines.push_back(std::move(taken));
    } else {
      map.mistakes.push_back(std::to_string(number) + ": second line for " + taken.account +
                             ", the first is line " + std::to_string(first->second));
    }
  }
  return map;
}

}  // namespace restante::migrate
