#include "archive/exchange/from_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include "base/ascii.h"

namespace restante::archive {
namespace {

constexpr std::string_view kFromMark = "From ";
// Longer is a line of text.
constexpr std::size_t kFromLineBytesMax = 1024;
// A name and a number, or a name of summer time: no line has more of them.
constexpr std::size_t kZonesMax = 3;

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    at = line.find_first_not_of(kBlanks, at);
    if (at == std::string_view::npos) break;
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<int> number_of(std::string_view word, std::size_t least, std::size_t most) {
  if (word.size() < least || word.size() > most) return std::nullopt;
  if (!std::all_of(word.begin(), word.end(), is_digit)) return std::nullopt;
  int number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

std::string_view without_comma(std::string_view word) {
  if (word.ends_with(',')) word.remove_suffix(1);
  return word;
}

template <std::size_t N>
std::optional<int> place_in(const std::array<std::string_view, N>& names, std::string_view word) {
  for (std::size_t i = 0; i < N; ++i)
    if (equals_ignore_case(names[i], word)) return static_cast<int>(i);
  return std::nullopt;
}

std::optional<int> month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return place_in(kMonths, word);
}

bool is_weekday(std::string_view word) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  return place_in(kDays, without_comma(word)).has_value();
}

/// Seconds of the day: "9:05", "10:00:00".
std::optional<int> time_of(std::string_view word) {
  const std::size_t first = word.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = std::min(word.find(':', first + 1), word.size());
  const auto hour = number_of(word.substr(0, first), 1, 2);
  const auto minute = number_of(word.substr(first + 1, second - first - 1), 2, 2);
  const auto seconds =
      second == word.size() ? std::optional<int>(0) : number_of(word.substr(second + 1), 2, 2);
  // 60: a leap second.
  if (!hour || !minute || !seconds || *hour > 23 || *minute > 59 || *seconds > 60)
    return std::nullopt;
  return (*hour * 60 + *minute) * 60 + *seconds;
}

/// Seconds east of Greenwich; a zone's name counts as UTC, since one name means several zones.
std::optional<int> zone_of(std::string_view word) {
  if (word.size() == 5 && (word[0] == '+' || word[0] == '-')) {
    const auto number = number_of(word.substr(1), 4, 4);
    if (!number) return std::nullopt;
    const int seconds = (*number / 100 * 60 + *number % 100) * 60;
    return word[0] == '-' ? -seconds : seconds;
  }
  const bool is_name = word.size() <= 5 && std::all_of(word.begin(), word.end(), [](char c) {
                         return (c >= 'A' && c <= 'Z') || c == '(' || c == ')';
                       });
  return is_name ? std::optional<int>(0) : std::nullopt;
}

std::optional<int> year_of(std::string_view word) {
  if (const auto year = number_of(word, 4, 4)) return year;
  const auto year = number_of(word, 2, 2);
  if (!year) return std::nullopt;
  // As RFC 5322 s.4.3 reads years of two digits.
  return *year < 50 ? 2000 + *year : 1900 + *year;
}

struct Parts {
  std::optional<int> year;
  std::optional<int> month;
  std::optional<int> day;
  int time = 0;
  int zone = 0;
  bool weekday = false;
};

/// What stands before the time: "Tue Mar 5", or "Tue, 5 Mar 2024".
bool read_before(const Words& words, std::size_t time, Parts& parts) {
  const auto back = [&](std::size_t count) {
    return count <= time ? without_comma(words[time - count]) : std::string_view();
  };
  if (const auto month = month_of(back(2)); month && number_of(back(1), 1, 2)) {
    parts.month = month;
    parts.day = number_of(back(1), 1, 2);
    parts.weekday = is_weekday(back(3));
  } else if (month && number_of(back(1), 4, 4) && number_of(back(3), 1, 2)) {
    parts.month = month;
    parts.day = number_of(back(3), 1, 2);
    parts.year = number_of(back(1), 4, 4);
    parts.weekday = is_weekday(back(4));
  }
  return parts.month.has_value();
}

/// Zones and the year, in any order; then nothing, or "remote from HOST".
bool read_behind(const Words& words, std::size_t first, Parts& parts) {
  std::size_t zones = 0;
  for (std::size_t at = first; at < words.size(); ++at) {
    const auto year = parts.year ? std::nullopt : year_of(words[at]);
    if (year) {
      parts.year = year;
    } else if (words[at] == "remote" && at + 3 == words.size() && words[at + 1] == "from") {
      // uucp's way to say where a mail came from.
      break;
    } else if (const auto zone = zone_of(words[at]); zone && ++zones <= kZonesMax) {
      parts.zone += *zone;
    } else {
      return false;
    }
  }
  return parts.year.has_value();
}

std::optional<std::int64_t> seconds_of(const Parts& parts) {
  namespace ch = std::chrono;
  const ch::year_month_day date{ch::year(*parts.year),
                                ch::month(static_cast<unsigned>(*parts.month) + 1),
                                ch::day(static_cast<unsigned>(*parts.day))};
  // A 31st of February is a sentence that looks like a date.
  if (!date.ok()) return std::nullopt;
  const auto midnight = ch::sys_seconds(ch::sys_days(date)).time_since_epoch().count();
  return std::int64_t{midnight} + parts.time - parts.zone;
}

}  // namespace

std::optional<FromLine> parse_from_line(std::string_view line) {
  if (!line.starts_with(kFromMark) || line.size() > kFromLineBytesMax) return std::nullopt;
  const Words words = words_of(line.substr(kFromMark.size()));
  // A sender stands before the date; without one the word "From" begins a sentence.
  for (std::size_t at = 2; at < words.size(); ++at) {
    const auto time = time_of(words[at]);
    Parts parts;
    if (!time || !read_before(words, at, parts) || !read_behind(words, at + 1, parts)) continue;
    // Without its weekday a date is found in sentences, too, but hardly at the end of three words.
    constexpr std::size_t kSenderAndDate = 5;
    if (!parts.weekday && words.size() > kSenderAndDate) continue;
    parts.time = *time;
    return FromLine{seconds_of(parts)};
  }
  return std::nullopt;
}

}  // namespace restante::archive
