#include "mime/date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>

#include "base/ascii.h"
#include "mime/comments.h"
#include "mime/zone.h"

namespace restante::mime {
namespace {

constexpr std::size_t kDateBytesMax = 1000;
constexpr int kYearMin = 1900;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// 1..12; 0: no month's name. Three letters do.
int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  const std::string lower = to_lower(word);
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (lower.size() >= 3 && (kMonths[i].starts_with(lower) || lower == "sept")) {
      if (lower != "sept" || kMonths[i] == "september") return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

struct Fields {
  std::optional<int> year, month, day, hour, minute, second, zone;
  bool is_afternoon = false;
  bool is_morning = false;
};

/// RFC 5322 s.4.3: years of two digits are near, of three digits since 1900.
int whole_year(int number, std::size_t digits) {
  if (digits == 2) return number < 50 ? 2000 + number : 1900 + number;
  return digits == 3 ? 1900 + number : number;
}

/// Reads words and numbers from left to right; each finds its place by its form and by what is
/// known already.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  /// False: it cannot be a date.
  bool read(Fields& fields) {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (is_digit(c)) {
        if (!number(fields)) return false;
      } else if (is_alpha(c)) {
        word(fields);
      } else if ((c == '+' || c == '-') && fields.hour && rest_.size() > 1 && is_digit(rest_[1])) {
        zone(fields);
      } else {
        rest_.remove_prefix(1);
      }
    }
    return true;
  }

 private:
  std::string_view take_digits() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
    const std::string_view digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(digits.size());
    return digits;
  }

  /// A separator with digits behind it, and for a colon perhaps with blanks around it.
  bool take_separator(char separator) {
    std::string_view rest = rest_;
    const auto skip = [&] {
      while (separator == ':' && !rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
    };
    skip();
    if (!rest.starts_with(separator)) return false;
    rest.remove_prefix(1);
    skip();
    if (rest.empty() || !is_digit(rest.front())) return false;
    rest_ = rest;
    return true;
  }

  static int value_of(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(digits.size(), 8), value);
    return value;
  }

  bool number(Fields& fields) {
    const std::string_view first = take_digits();
    if (first.size() == 8 && !fields.year && !fields.day) return compact(first, fields);
    if (first.size() > 5) return true;
    if (!fields.hour && first.size() <= 2 && take_separator(':')) return time(first, ':', fields);
    for (const char separator : {'-', '/', '.'}) {
      if (!take_separator(separator)) continue;
      // With the day and the month known, three numbers with dots are a time.
      if (fields.day && fields.month && separator == '.') return time(first, '.', fields);
      if (!numeric_date(first, separator, fields)) return false;
      // "2003-07-01T08:52"
      if (rest_.size() > 1 && to_lower(rest_[0]) == 't' && is_digit(rest_[1]))
        rest_.remove_prefix(1);
      return true;
    }
    if (!fields.day && first.size() <= 2) {
      fields.day = value_of(first);
    } else if (!fields.year && first.size() >= 2) {
      fields.year = whole_year(value_of(first), first.size());
    }
    return true;
  }

  /// "20030701T105237"
  bool compact(std::string_view digits, Fields& fields) {
    fields.year = value_of(digits.substr(0, 4));
    fields.month = value_of(digits.substr(4, 2));
    fields.day = value_of(digits.substr(6, 2));
    if (rest_.empty() || to_lower(rest_.front()) != 't') return true;
    rest_.remove_prefix(1);
    const std::string_view time = take_digits();
    if (time.size() != 4 && time.size() != 6) return time.empty();
    fields.hour = value_of(time.substr(0, 2));
    fields.minute = value_of(time.substr(2, 2));
    if (time.size() == 6) fields.second = value_of(time.substr(4, 2));
    return true;
  }

  /// `hour` and the separator are taken.
  bool time(std::string_view hour, char separator, Fields& fields) {
    fields.hour = value_of(hour);
    const std::string_view minute = take_digits();
    fields.minute = value_of(minute);
    if (minute.size() > 2) return false;
    if (!take_separator(separator)) return true;
    const std::string_view second = take_digits();
    fields.second = value_of(second);
    if (second.size() > 2) return false;
    for (const char c : {'.', ','}) {
      if (take_separator(c)) take_digits();
    }
    return true;
  }

  /// `first` and the separator are taken.
  bool numeric_date(std::string_view first, char separator, Fields& fields) {
    const std::string_view second = take_digits();
    if (!take_separator(separator)) return !fields.day;  // "7/2003" is none.
    const std::string_view third = take_digits();
    if (first.size() == 4) {
      fields.year = value_of(first);
      fields.month = value_of(second);
      fields.day = value_of(third);
      return true;
    }
    fields.year = whole_year(value_of(third), third.size());
    fields.day = value_of(first);
    fields.month = value_of(second);
    // With slashes the month comes first, as far as it can.
    if ((separator == '/' && *fields.day <= 12) || *fields.month > 12)
      std::swap(fields.day, fields.month);
    return true;
  }

  void word(Fields& fields) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_alpha);
    const std::string_view word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    const int month = month_of(word);
    if (month != 0 && !fields.month) fields.month = month;
    if (!fields.hour) return;
    if (equals_ignore_case(word, "pm")) {
      fields.is_afternoon = true;
    } else if (equals_ignore_case(word, "am")) {
      fields.is_morning = true;
    } else if (const auto zone = zone_of_name(word); zone && !fields.zone) {
      fields.zone = zone;
    }
  }

  /// Digits count before a name: "EST -0500", "GMT+0200".
  void zone(Fields& fields) {
    const bool is_west = rest_.front() == '-';
    rest_.remove_prefix(1);
    std::string digits(take_digits());
    if (digits.size() <= 2 && rest_.size() > 1 && rest_.front() == ':' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      digits += take_digits();
    }
    if (const auto minutes = zone_of_digits(digits)) fields.zone = is_west ? -*minutes : *minutes;
  }

  std::string_view rest_;
};

std::optional<std::int64_t> seconds_of(const Fields& fields) {
  if (!fields.year || !fields.month || !fields.day || *fields.year < kYearMin ||
      *fields.year > 9999)
    return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(*fields.year),
                                        std::chrono::month(static_cast<unsigned>(*fields.month)),
                                        std::chrono::day(static_cast<unsigned>(*fields.day)));
  if (!day.ok()) return std::nullopt;
  int hour = fields.hour.value_or(0);
  const int minute = fields.minute.value_or(0);
  const int second = fields.second.value_or(0);
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  if (fields.is_afternoon && hour < 12) hour += 12;
  if (fields.is_morning && hour == 12) hour = 0;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  return std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second -
         std::int64_t{fields.zone.value_or(0)} * 60;
}

/// "1057049557"
std::optional<std::int64_t> unix_time(std::string_view text) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return is_whole && (text.size() == 9 || text.size() == 10) && is_digit(text.front())
             ? std::optional(seconds)
             : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view raw) {
  std::string text;
  std::string comments;
  bool comments_end = true;
  for (std::string_view rest = raw.substr(0, kDateBytesMax); !rest.empty();) {
    const std::size_t length = comment_length(rest, comments_end);
    if (length > 0) comments.append(rest.substr(1, length - 2)) += ' ';
    const std::size_t taken = std::max<std::size_t>(length, 1);
    text += length > 0 ? ' ' : rest.front();
    rest.remove_prefix(taken);
  }
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (const auto seconds = unix_time(text)) return seconds;
  Fields fields;
  if (!Reader(text).read(fields)) return std::nullopt;
  // "10:52 (EST)"
  if (!fields.zone) fields.zone = zone_of_name(comments.substr(0, comments.find(' ')));
  return seconds_of(fields);
}

std::optional<std::int64_t> received_date(std::string_view raw) {
  // Semicolons may stand in a comment behind the date.
  constexpr int kSemicolonsMax = 4;
  for (int tries = 0; tries < kSemicolonsMax; ++tries) {
    const std::size_t at = raw.rfind(';');
    if (at == std::string_view::npos) break;
    if (const auto date = parse_date(raw.substr(at + 1))) return date;
    raw = raw.substr(0, at);
  }
  return std::nullopt;
}

}  // namespace restante::mime
