#include "migrate/formats/from_line.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "base/ascii.h"

namespace restante::migrate {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::size_t kWordsMax = 12;

/// Of 1 to `digits_max` digits; -1: it is none.
int to_number(std::string_view text, std::size_t digits_max) {
  if (text.empty() || text.size() > digits_max || !std::ranges::all_of(text, is_digit)) return -1;
  int number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number;
}

/// 0 to 11; -1: it is none.
int to_month(std::string_view text) {
  const auto found = std::ranges::find(kMonths, to_lower(text));
  return found == kMonths.end() ? -1 : static_cast<int>(found - kMonths.begin());
}

/// "00:00:01", "00:00".
bool take_time(std::string_view text, std::tm& time) {
  if (text.size() != 5 && text.size() != 8) return false;
  time.tm_hour = to_number(text.substr(0, 2), 2);
  time.tm_min = to_number(text.substr(3, 2), 2);
  time.tm_sec = text.size() == 8 ? to_number(text.substr(6), 2) : 0;
  const bool has_colons = text[2] == ':' && (text.size() == 5 || text[5] == ':');
  return has_colons && time.tm_hour >= 0 && time.tm_min >= 0 && time.tm_sec >= 0;
}

/// "+0130" in seconds east of UTC; nullopt: it is no zone in numbers.
std::optional<std::int64_t> to_offset(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int hours = to_number(text.substr(1, 2), 2);
  const int minutes = to_number(text.substr(3), 2);
  if (hours < 0 || minutes < 0) return std::nullopt;
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  // Bounded: a line of the text that begins with "From " may be as long as it likes.
  while (words.size() < kWordsMax) {
    text = trim(text);
    if (text.empty()) break;
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

/// Behind the sender, which is one word, or begins in quotes.
std::string_view behind_sender(std::string_view text) {
  // A local part in quotes may have blanks, which are no end of the sender.
  if (text.starts_with('"')) {
    const std::size_t end = text.find('"', 1);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  const std::size_t end = std::min(text.find(' '), text.size());
  return text.substr(end);
}

std::int64_t to_seconds(std::tm time, std::optional<std::int64_t> offset) {
  // The library decides about summer time: the line does not say whether it was in force.
  time.tm_isdst = -1;
  if (!offset) return std::mktime(&time);
  return ::timegm(&time) - *offset;
}

}  // namespace

std::optional<std::int64_t> parse_from_line(std::string_view line) {
  if (!line.starts_with("From ")) return std::nullopt;
  const auto words = split(behind_sender(line.substr(5)));
  // Weekday, month and day, or day and month; then time and year, or year and time.
  if (words.size() < 5) return std::nullopt;
  const bool month_first = to_month(words[1]) >= 0;
  std::tm time{};
  time.tm_mon = to_month(words[month_first ? 1 : 2]);
  time.tm_mday = to_number(words[month_first ? 2 : 1], 2);
  if (time.tm_mon < 0 || time.tm_mday < 0) return std::nullopt;
  int year = -1;
  bool has_time = false;
  std::optional<std::int64_t> offset;
  for (std::size_t i = 3; i < words.size(); ++i) {
    if (!has_time && take_time(words[i], time)) {
      has_time = true;
    } else if (year < 0 && words[i].size() == 4) {
      year = to_number(words[i], 4);
    } else if (!offset) {
      offset = to_offset(words[i]);
    }
  }
  if (!has_time || year < 1900) return std::nullopt;
  time.tm_year = year - 1900;
  return to_seconds(time, offset);
}

}  // namespace restante::migrate
