#include "archive/search/query_date.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "archive/search/local_day.h"
#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

namespace ch = std::chrono;
using Span = DateSpan;
using std::chrono::local_days;
using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

/// `digits` decimal digits, exactly.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  unsigned number = 0;
  for (const char c : text.substr(0, digits)) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

/// Of the time zone, from the first of these days to before the second.
Span between(local_days first, local_days last) {
  const LocalCalendar calendar;
  return Span{calendar.begin_of(first), calendar.begin_of(last)};
}

std::optional<Span> all_of(ch::year_month month) {
  if (!month.ok()) return std::nullopt;
  return between(local_days(month / 1), local_days((month + ch::months(1)) / 1));
}

std::optional<Span> all_of(ch::year_month_day day) {
  if (!day.ok()) return std::nullopt;
  return between(local_days(day), local_days(day) + ch::days(1));
}

/// A number of at most four digits, or the name of a month, in full or its beginning.
struct DatePiece {
  unsigned number = 0;
  std::size_t digits = 0;  // 0: the name of month `number`.
  char before = '\0';      // What stands before it.
};

std::optional<DatePiece> piece_of(std::string_view text) {
  DatePiece piece;
  std::string_view rest = text;
  if (is_digit(text.front())) {
    const auto number = take_number(rest, text.size());
    if (!number) return std::nullopt;
    return DatePiece{*number, text.size(), '\0'};
  }
  const std::string name = to_lower(text);
  if (name.size() < 3) return std::nullopt;
  for (const std::string_view month : kMonths) {
    ++piece.number;
    if (month.starts_with(name) || (name == "sept" && month == "september")) return piece;
  }
  return std::nullopt;
}

bool divides(char c) { return c == '-' || c == '/' || c == '.' || c == ' ' || c == ','; }

/// Two or three of them, with -, /, . or a blank between. Empty: it is made of something else.
std::vector<DatePiece> pieces_of(std::string_view text) {
  std::vector<DatePiece> pieces;
  char before = '\0';
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && !divides(text[end])) ++end;
    if (end == 0 || end > 9 || pieces.size() == 3) return {};
    const auto piece = piece_of(text.substr(0, end));
    if (!piece) return {};
    pieces.push_back(*piece);
    pieces.back().before = before;
    if (end == text.size()) return pieces;
    before = text[end];
    text.remove_prefix(end + 1);
    if (before == '.' || before == ',')  // "5. Mar 2024", "Mar 5, 2024".
      while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return {};
  }
  return pieces;
}

/// The pieces in the order year, month, day; the day is 0 when there is none. Nothing: no order
/// makes sense, or two do.
std::optional<std::array<unsigned, 3>> in_order(const std::vector<DatePiece>& pieces) {
  const auto is_year = [](const DatePiece& one) { return one.digits == 4; };
  const auto is_name = [](const DatePiece& one) { return one.digits == 0; };
  const auto is_short = [](const DatePiece& one) { return one.digits == 1 || one.digits == 2; };
  const auto is_month = [&](const DatePiece& one) { return is_name(one) || is_short(one); };
  if (pieces.size() == 2) {
    const DatePiece &a = pieces[0], &b = pieces[1];
    if (is_year(a) && is_month(b)) return std::array{a.number, b.number, 0U};
    if (is_month(a) && is_year(b)) return std::array{b.number, a.number, 0U};
    return std::nullopt;
  }
  if (pieces.size() != 3) return std::nullopt;
  const DatePiece &a = pieces[0], &b = pieces[1], &c = pieces[2];
  if (is_year(a) && is_month(b) && is_short(c)) return std::array{a.number, b.number, c.number};
  if (!is_year(c)) return std::nullopt;
  if (is_short(a) && is_name(b)) return std::array{c.number, b.number, a.number};
  if (is_name(a) && is_short(b)) return std::array{c.number, a.number, b.number};
  // 3/5/2024 and 3-5-2024 are two days, by where one lives; with dots the day is always first.
  const bool day_first = b.before == '.' || a.number > 12 || a.number == b.number;
  if (is_short(a) && is_short(b) && day_first) return std::array{c.number, b.number, a.number};
  return std::nullopt;
}

/// "2024-W10", as ISO 8601 counts weeks: the first has the year's fourth of January.
std::optional<Span> week_span(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !(text.starts_with("-W") || text.starts_with("-w"))) return std::nullopt;
  text.remove_prefix(2);
  const auto week = take_number(text, 2);
  if (!week || !text.empty() || *week < 1 || *week > 53) return std::nullopt;
  const ch::year y(static_cast<int>(*year));
  const local_days fourth(y / ch::January / 4);
  const local_days monday = fourth - (ch::weekday(fourth) - ch::Monday) + ch::weeks(*week - 1);
  const ch::year_month_day thursday(monday + ch::days(3));
  if (thursday.year() != y) return std::nullopt;
  return between(monday, monday + ch::weeks(1));
}

std::optional<Span> calendar_span(std::string_view text) {
  std::string_view digits = text;
  const auto compact = take_number(digits, 8);
  if (compact && digits.empty())
    return all_of(ch::year(static_cast<int>(*compact / 10000)) / ch::month(*compact / 100 % 100) /
                  ch::day(*compact % 100));
  if (const auto week = week_span(text)) return week;
  const std::vector<DatePiece> pieces = pieces_of(text);
  if (pieces.size() == 1 && pieces.front().digits == 4) {
    const ch::year year(static_cast<int>(pieces.front().number));
    return between(local_days(year / ch::January / 1),
                   local_days((year + ch::years(1)) / ch::January / 1));
  }
  const auto ordered = in_order(pieces);
  if (!ordered) return std::nullopt;
  const ch::year_month month = ch::year(static_cast<int>((*ordered)[0])) / ch::month((*ordered)[1]);
  if (pieces.size() == 2) return all_of(month);
  return all_of(month / ch::day((*ordered)[2]));
}

/// "7d": from that long ago until now.
std::optional<sys_seconds> ago(std::string_view text, sys_seconds now) {
  if (text.size() < 2 || text.size() > 6) return std::nullopt;
  const auto count = parse_decimal<std::uint32_t>(text.substr(0, text.size() - 1));
  if (!count) return std::nullopt;
  const std::int64_t number = *count;
  switch (text.back()) {
    case 'h': return now - std::chrono::hours(number);
    case 'd': return now - std::chrono::days(number);
    case 'w': return now - std::chrono::weeks(number);
    case 'm': return now - std::chrono::days(30 * number);
    case 'y': return now - std::chrono::days(365 * number);
    default: return std::nullopt;
  }
}

/// "2024-03-05T08:00:00Z", with a fraction and another offset, too (RFC 3339).
std::optional<sys_seconds> moment_of(std::string_view text) {
  const auto literal = [&text](char c) {
    if (text.empty() || to_upper(text.front()) != c) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto field = [&](char before, std::size_t digits) -> std::optional<unsigned> {
    if (before != '\0' && !literal(before)) return std::nullopt;
    return take_number(text, digits);
  };
  const auto year = field('\0', 4), month = field('-', 2), day = field('-', 2);
  const auto hour = field('T', 2), minute = field(':', 2), second = field(':', 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const ch::year_month_day date(ch::year(static_cast<int>(*year)), ch::month(*month),
                                ch::day(*day));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  if (literal('.'))
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  const sys_seconds local =
      ch::sys_days(date) + ch::hours(*hour) + ch::minutes(*minute) + ch::seconds(*second);
  if (literal('Z')) return text.empty() ? std::optional(local) : std::nullopt;
  const bool west = text.starts_with('-');
  if (!literal(west ? '-' : '+')) return std::nullopt;
  const auto off_hour = field('\0', 2), off_minute = field(':', 2);
  if (!off_hour || !off_minute || !text.empty()) return std::nullopt;
  const auto offset = ch::hours(*off_hour) + ch::minutes(*off_minute);
  return west ? local + offset : local - offset;
}

}  // namespace

std::optional<DateSpan> date_span(std::string_view text, sys_seconds now) {
  if (text.empty()) return std::nullopt;
  constexpr std::chrono::days kDay(1);
  const local_days today = LocalCalendar().day_of(now);
  if (text == "today") return between(today, today + kDay);
  if (text == "yesterday") return between(today - kDay, today);
  auto at = ago(text, now);
  if (!at) at = moment_of(text);
  if (at) return Span{*at, *at};
  return calendar_span(text);
}

}  // namespace restante::archive
