#include "pop3/client_listing.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::pop3 {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Takes the first word off the front of `text`, with the blanks around it.
std::string_view take_word(std::string_view& text) {
  const auto* const begin = std::find_if_not(text.begin(), text.end(), is_blank);
  const auto* const end = std::find_if(begin, text.end(), is_blank);
  const std::string_view word(begin, end);
  text = trim(std::string_view(end, text.end()));
  return word;
}

/// As servers write numbers: leading zeros, too. 0 is what stands for "no number".
template <typename T>
T number_of(std::string_view word) {
  // parse_decimal() takes no leading zeros, since our own protocol has none.
  const std::size_t zeros = std::min(word.find_first_not_of('0'), word.size());
  const auto number = parse_decimal<T>(word.substr(zeros));
  return number ? *number : 0;
}

bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_digit);
}

std::string in_words(std::uint32_t number) { return "message " + std::to_string(number); }

template <typename Entry>
std::string find_number_fault(std::span<const Entry> listing, std::uint32_t messages) {
  std::vector<std::uint32_t> numbers;  // Not a table by number: the server chooses those.
  numbers.reserve(listing.size());
  for (const Entry& entry : listing) {
    if (entry.number == 0) return "a line that is no entry";
    if (entry.number > messages) return in_words(entry.number) + " of " + std::to_string(messages);
    numbers.push_back(entry.number);
  }
  std::sort(numbers.begin(), numbers.end());
  const auto twice = std::adjacent_find(numbers.begin(), numbers.end());
  if (twice != numbers.end()) return in_words(*twice) + " twice";
  return {};
}

}  // namespace

Result<Totals> parse_totals(std::string_view text) {
  const std::string_view count = take_word(text);
  if (!is_number(count)) return Error(Errc::kSyntax, "STAT without a count of messages");
  Totals totals;
  totals.messages = number_of<std::uint32_t>(count);
  // A number that does not fit counts as none at all, and "no messages" would be believed.
  if (totals.messages == 0 && count.find_first_not_of('0') != count.npos)
    return Error(Errc::kSyntax, "STAT counts more messages than there can be");
  totals.octets = number_of<std::uint64_t>(take_word(text));
  return totals;
}

ListedSize parse_listed_size(std::string_view line) {
  const auto number = number_of<std::uint32_t>(take_word(line));
  // A size is only a hint: without one the message is fetched all the same.
  return {number, number == 0 ? 0 : number_of<std::uint64_t>(take_word(line))};
}

ListedUid parse_listed_uid(std::string_view line) {
  const auto number = number_of<std::uint32_t>(take_word(line));
  if (number == 0) return {};
  // The rest of the line, and not a word: two ids that differ behind a space must not become one.
  line = trim(line);
  // A server must not fill the database with ids; a message without one is told by its content.
  const bool is_usable =
      line.size() <= kListedUidBytesMax && !std::any_of(line.begin(), line.end(), is_control);
  return {number, std::string(is_usable ? line : std::string_view())};
}

std::string find_fault(std::span<const ListedSize> listing, std::uint32_t messages) {
  return find_number_fault(listing, messages);
}

std::string find_fault(std::span<const ListedUid> listing, std::uint32_t messages) {
  if (std::string fault = find_number_fault(listing, messages); !fault.empty()) return fault;
  std::vector<std::string_view> uids;
  uids.reserve(listing.size());
  for (const ListedUid& entry : listing)
    if (!entry.uid.empty()) uids.emplace_back(entry.uid);
  // An unusable id is none, and several of those are no fault of the listing.
  std::sort(uids.begin(), uids.end());
  if (std::adjacent_find(uids.begin(), uids.end()) != uids.end()) return "a unique id twice";
  return {};
}

}  // namespace restante::pop3
