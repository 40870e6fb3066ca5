#include "archive/exchange/import/mh_folder.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {

MhSequences::MhSequences(std::string_view text) : known_(!text.empty()) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trim(line.substr(0, colon));
    if (name == "unseen") unseen_ = ranges_in(line.substr(colon + 1));
    if (name == "replied") replied_ = ranges_in(line.substr(colon + 1));
    if (name == "flagged") flagged_ = ranges_in(line.substr(colon + 1));
  }
}

MhSequences::Ranges MhSequences::ranges_in(std::string_view text) {
  Ranges ranges;
  while (!(text = trim(text)).empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    const std::size_t dash = std::min(word.find('-'), word.size());
    const auto first = parse_decimal<std::uint64_t>(word.substr(0, dash));
    const auto last =
        dash == word.size() ? first : parse_decimal<std::uint64_t>(word.substr(dash + 1));
    if (first && last) ranges.emplace_back(*first, *last);
  }
  std::sort(ranges.begin(), ranges.end());
  return ranges;
}

std::string MhSequences::flags_of(std::string_view name) const {
  const auto number = parse_decimal<std::uint64_t>(name);
  // Without the file nothing is known of any message, and "read" would be a guess.
  if (!known_ || !number) return {};
  const auto is_in = [&](const Ranges& ranges) {
    // Of the ranges that begin at or before it, the last; a program that writes them never lets
    // two overlap.
    const auto next =
        std::upper_bound(ranges.begin(), ranges.end(), *number,
                         [](std::uint64_t one, const auto& range) { return one < range.first; });
    return next != ranges.begin() && std::prev(next)->second >= *number;
  };
  std::string flags;
  if (is_in(flagged_)) flags += 'F';
  if (is_in(replied_)) flags += 'R';
  // MH lists what is unseen; the others have been seen.
  if (!is_in(unseen_)) flags += 'S';
  return flags;
}

}  // namespace restante::archive
