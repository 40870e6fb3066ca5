#include "mime/date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "mime/comments.h"
#include "mime/date_words.h"
#include "mime/line_scan.h"

namespace restante::mime {
namespace {

constexpr int kYearMin = 1900;

/// Of a word: letters, in UTF-8 too.
bool is_letter(char c) { return is_alpha(c) || !is_ascii(c); }

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
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  /// False: it cannot be a date.
  bool read(Fields& fields) {
    while (!rest_.empty()) {
      const char c = rest_.front();
      // "1-Jul-03": there the sign is none.
      const bool is_separator = std::exchange(is_behind_month_, false);
      if (is_digit(c)) {
        is_first_ = false;
        if (!number(fields)) return false;
      } else if (is_letter(c)) {
        word(fields);
        is_first_ = false;
      } else if (!is_separator && begins_zone(fields)) {
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

  static bool has_digits(std::string_view text, std::size_t count) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    return static_cast<std::size_t>(end - text.begin()) == count;
  }

  /// "+0200", and "+ 0200".
  [[nodiscard]] bool begins_zone(const Fields& fields) const {
    if ((rest_.front() != '+' && rest_.front() != '-') || !fields.hour || has_offset_) return false;
    if (rest_.size() > 1 && is_digit(rest_[1])) return true;
    return fields.year && rest_.substr(1).starts_with(' ') && has_digits(rest_.substr(2), 4);
  }

  static int value_of(std::string_view digits) {
    int value = 0;
    // Eight digits fit an int; more are no date, and are refused by their value.
    std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(digits.size(), 8), value);
    return value;
  }

  bool number(Fields& fields) {
    const std::string_view first = take_digits();
    if (first.size() == 8 && !fields.year && !fields.day) return compact(first, fields);
    const bool has_time = (first.size() == 12 || first.size() == 14) && !fields.year && !fields.day;
    if (has_time) return compact(first.substr(0, 8), fields) && hours(first.substr(8), fields);
    // "T105237"
    if (std::exchange(is_behind_t_, false) && first.size() >= 4 && !fields.hour)
      return hours(first, fields);
    // Longer numbers are ids or octets of a trace, and say nothing about time.
    if (first.size() > 5) return true;
    if (!fields.hour && first.size() <= 2 && take_separator(':')) return time(first, ':', fields);
    // With the day and the month known, three numbers with dots are a time, but no second one.
    const bool has_day = fields.day && fields.month;
    if (has_day && !fields.hour && first.size() <= 2 && take_separator('.'))
      return time(first, '.', fields);
    for (const char separator : {'-', '/', '.'}) {
      if (has_day || !take_separator(separator)) continue;
      if (!numeric_date(first, separator, fields)) return false;
      // "2003-07-01T08:52"
      if (rest_.size() > 1 && to_lower(rest_[0]) == 't' && is_digit(rest_[1])) {
        rest_.remove_prefix(1);
        is_behind_t_ = true;
      }
      return true;
    }
    // "10 52 37"
    if (has_day && fields.year && !fields.hour && first.size() <= 2 && take_blank_and_two())
      return time(first, ' ', fields);
    if (bare_zone(first, fields)) return true;
    if (!fields.day && first.size() <= 2) {
      fields.day = value_of(first);
    } else if (!fields.year && first.size() >= 2) {
      fields.year = whole_year(value_of(first), first.size());
    }
    return true;
  }

  /// "0200" and "02:00" behind all else: a zone whose sign was forgotten, which is east.
  bool bare_zone(std::string_view first, Fields& fields) {
    if (!fields.hour || !fields.year || !fields.day || has_offset_) return false;
    const bool has_colon = first.size() == 2 && take_separator(':');
    if (!has_colon && first.size() != 4) return false;
    const std::string digits = std::string(first) + std::string(has_colon ? take_digits() : "");
    const auto minutes = digits.size() == 4 ? zone_of_digits(digits) : std::nullopt;
    has_offset_ = minutes.has_value();
    if (minutes) fields.zone = minutes;
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
    return time.empty() || hours(time, fields);
  }

  /// A blank with two digits behind it, which stay.
  bool take_blank_and_two() {
    if (!rest_.starts_with(' ') || !has_digits(rest_.substr(1), 2)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// "105237" or "1052"
  static bool hours(std::string_view time, Fields& fields) {
    if (time.size() != 4 && time.size() != 6) return false;
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
    if (separator == ' ' ? !take_blank_and_two() : !take_separator(separator)) return true;
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
    // Slashes are the American way; with dots and signs the day stands first.
    if ((separator == '/' && *fields.day <= 12) || *fields.month > 12)
      std::swap(fields.day, fields.month);
    return true;
  }

  void word(Fields& fields) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_letter);
    const std::string_view word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    // The word is taken in each case, so that an unknown one does not stop the reading.
    rest_.remove_prefix(word.size());
    const int month = month_of(word);
    is_behind_month_ = month != 0;
    if (month != 0 && (!fields.month || is_perhaps_weekday_)) {
      fields.month = month;
      // "Mar, 1 Jul 2003" is a Tuesday.
      is_perhaps_weekday_ = is_first_ && (rest_.starts_with(',') || rest_.starts_with('.'));
      return;
    }
    if (half_of_day(word, fields) || !fields.hour) return;
    if (equals_ignore_case(word, "dst") && is_behind_zone_ && !has_offset_) {
      is_behind_zone_ = false;
      fields.zone = fields.zone.value_or(0) + 60;
    } else if (const auto zone = zone_of_name(word); zone && !fields.zone) {
      fields.zone = zone;
      is_behind_zone_ = true;
    }
  }

  /// "am", "p.m."; before the hour, "am" is a German word too.
  bool half_of_day(std::string_view word, Fields& fields) {
    std::string half = to_lower(word);
    const bool has_dots = half.size() == 1 && starts_with_ignore_case(rest_, ".m");
    if (has_dots) half += 'm';
    if (half != "am" && half != "pm") return false;
    if (has_dots) rest_.remove_prefix(2);
    const std::size_t next = std::min(rest_.find_first_not_of(". "), rest_.size());
    const std::string_view time = rest_.substr(next, 3);
    const bool before_time = !time.empty() && is_digit(time[0]) && time.substr(1).find(':') < 2;
    if (!fields.hour && !before_time) return true;
    (half == "pm" ? fields.is_afternoon : fields.is_morning) = true;
    return true;
  }

  /// Digits count before a name: "EST -0500", "GMT+0200".
  void zone(Fields& fields) {
    const bool is_west = rest_.front() == '-';
    rest_.remove_prefix(1);
    if (rest_.starts_with(' ')) rest_.remove_prefix(1);
    std::string digits(take_digits());
    if (digits.size() <= 2 && rest_.size() > 1 && rest_.front() == ':' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      digits += take_digits();
    }
    const auto minutes = zone_of_digits(digits);
    if (!minutes) return;
    fields.zone = is_west ? -*minutes : *minutes;
    has_offset_ = true;
  }

  std::string_view rest_;
  bool is_first_ = true;             // Nothing but signs yet.
  bool is_perhaps_weekday_ = false;  // The month that is known.
  bool is_behind_month_ = false;     // Directly.
  bool is_behind_zone_ = false;      // A name's.
  bool has_offset_ = false;          // The zone is known by its digits.
  bool is_behind_t_ = false;         // Of a date in numbers.
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
  // "24:00:00" is the next day's midnight, and seconds go on in the next minute.
  const bool is_midnight = hour == 24 && minute == 0 && second == 0;
  if ((hour > 23 && !is_midnight) || minute > 59 || second > 99) return std::nullopt;
  if (fields.is_afternoon && hour < 12) hour += 12;
  if (fields.is_morning && hour == 12) hour = 0;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  const std::int64_t minutes = std::int64_t{hour} * 60 + minute - fields.zone.value_or(0);
  return std::int64_t{days} * 86400 + minutes * 60 + second;
}

/// "(EST)", "(GMT+02:00) Berlin"
std::optional<int> zone_in_comment(std::string_view comments) {
  if (const auto zone = zone_of_name(comments.substr(0, comments.find(' ')))) return zone;
  Fields behind_time;
  behind_time.hour = 0;
  const bool is_utc =
      starts_with_ignore_case(comments, "utc") || starts_with_ignore_case(comments, "gmt");
  if (is_utc) static_cast<void>(DateReader(comments).read(behind_time));
  return behind_time.zone;
}

/// Signs of three octets for one of ASCII: a minus sign, a dash of typographers, and in
/// 2003年7月1日 those for year, month and day. '\0': it is none.
char sign_meant(std::string_view text) {
  if (text.starts_with("−") || text.starts_with("–")) return '-';
  if (text.starts_with("年") || text.starts_with("月")) return '-';
  return text.starts_with("日") ? ' ' : '\0';
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

std::optional<std::int64_t> plain_date(std::string_view raw) {
  raw = raw.substr(0, kDateBytesMax);
  std::string text;
  std::string comments;
  bool comments_end = true;
  for (std::string_view rest = raw; !rest.empty();) {
    const std::size_t length = comment_length(rest, comments_end);
    if (length > 0) comments.append(rest.substr(1, length - 2)) += ' ';
    const char sign = sign_meant(rest);
    text += length > 0 ? ' ' : sign != '\0' ? sign : rest.front();
    rest.remove_prefix(sign != '\0' ? 3 : std::max<std::size_t>(length, 1));
  }
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (const auto seconds = unix_time(text)) return seconds;
  Fields fields;
  if (!DateReader(text).read(fields)) return std::nullopt;
  if (!fields.zone) fields.zone = zone_in_comment(comments);
  return seconds_of(fields);
}

std::optional<std::int64_t> received_date(std::string_view raw) {
  const std::string_view all = raw;
  // Semicolons may stand in a comment behind the date.
  constexpr int kSemicolonsMax = 4;
  for (int tries = 0; tries < kSemicolonsMax; ++tries) {
    const std::size_t at = raw.rfind(';');
    if (at == std::string_view::npos) break;
    if (const auto date = plain_date(raw.substr(at + 1))) return date;
    raw = raw.substr(0, at);
  }
  // Without one, it begins with the last weekday.
  constexpr std::size_t kTailBytes = 80;
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu",
                                                     "fri", "sat", "sun"};
  const std::string tail = to_lower(all.substr(all.size() - std::min(all.size(), kTailBytes)));
  for (std::size_t at = tail.size(); at-- > 1;) {
    const std::string_view day = std::string_view(tail).substr(at);
    const bool is_day = is_blank(tail[at - 1]) && day.size() > 3 &&
                        (day[3] == ',' || is_blank(day[3])) &&
                        std::find(kDays.begin(), kDays.end(), day.substr(0, 3)) != kDays.end();
    if (is_day) return plain_date(day);
  }
  return std::nullopt;
}

}  // namespace restante::mime
