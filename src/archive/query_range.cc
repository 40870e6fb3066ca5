#include "archive/query_range.h"

#include "archive/local_day.h"
#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

using std::chrono::local_days;
using std::chrono::sys_seconds;

/// A moment as people write it: all of a year, a month, a day.
struct Span {
  sys_seconds first;
  sys_seconds last;  // Before this.
};

Error date_mistake(std::string_view text) {
  return Error(Errc::kSyntax,
               "\"" + std::string(text) +
                   "\" is no date: write 2024, 2024-03, 2024-03-05, 7d, 3m, today or "
                   "yesterday, and from..to for a range");
}

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

std::optional<Span> calendar_span(std::string_view text) {
  namespace ch = std::chrono;
  const auto year = take_number(text, 4);
  if (!year) return std::nullopt;
  const ch::year y(static_cast<int>(*year));
  if (text.empty())
    return between(local_days(y / ch::January / 1),
                   local_days((y + ch::years(1)) / ch::January / 1));
  if (!text.starts_with('-')) return std::nullopt;
  text.remove_prefix(1);
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  const ch::year_month ym = y / ch::month(*month);
  if (text.empty()) return between(local_days(ym / 1), local_days((ym + ch::months(1)) / 1));
  if (!text.starts_with('-')) return std::nullopt;
  text.remove_prefix(1);
  const auto day = take_number(text, 2);
  if (!day || !text.empty() || !(ym / ch::day(*day)).ok()) return std::nullopt;
  const local_days date(ym / ch::day(*day));
  return between(date, date + ch::days(1));
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
  namespace ch = std::chrono;
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

/// What is no span of time.
std::optional<sys_seconds> moment(std::string_view text, sys_seconds now) {
  if (const auto past = ago(text, now)) return past;
  return moment_of(text);
}

std::optional<Span> date_span(std::string_view text, sys_seconds now) {
  constexpr std::chrono::days kDay(1);
  const local_days today = LocalCalendar().day_of(now);
  if (text == "today") return between(today, today + kDay);
  if (text == "yesterday") return between(today - kDay, today);
  if (const auto at = moment(text, now)) return Span{*at, *at};
  return calendar_span(text);
}

Result<std::int64_t> parse_size(std::string_view text) {
  std::uint64_t unit = 1;
  std::string_view digits = text;
  if (!digits.empty()) {
    const std::size_t at = std::string_view("kMG").find(
        to_lower(digits.back()) == 'k' ? 'k' : to_upper(digits.back()));
    if (at != std::string_view::npos) {
      unit = std::uint64_t{1} << (10 * (at + 1));
      digits.remove_suffix(1);
    }
  }
  const auto number = parse_decimal<std::uint64_t>(digits);
  if (!number || *number > (1ULL << 62U) / unit)
    return Error(Errc::kSyntax, "\"" + std::string(text) +
                                    "\" is no size: write 100k, 1M or 2G, and 1M..10M for a range");
  return static_cast<std::int64_t>(*number * unit);
}

std::int64_t seconds(sys_seconds time) { return time.time_since_epoch().count(); }

}  // namespace

Result<RangeTerm> parse_date_range(std::string_view text, sys_seconds now) {
  RangeTerm range;
  range.of = RangeTerm::Of::kDate;
  const std::size_t dots = text.find("..");
  const bool is_range = dots != std::string_view::npos;
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = is_range ? text.substr(dots + 2) : from;
  if (from.empty() && to.empty()) return date_mistake(text);
  if (!from.empty()) {
    const auto span = date_span(from, now);
    if (!span) return date_mistake(from);
    range.first = seconds(span->first);
  }
  // A lone "7d" is the time since then.
  const bool open_end = to.empty() || (!is_range && moment(from, now));
  if (!open_end) {
    const auto span = date_span(to, now);
    if (!span) return date_mistake(to);
    range.last = seconds(span->last);
  }
  if (range.first && range.last && *range.last <= *range.first)
    return Error(Errc::kSyntax, "the range ends before it begins");
  return range;
}

Result<RangeTerm> parse_arrived_range(std::string_view text, sys_seconds now) {
  RESTANTE_TRY(RangeTerm range, parse_date_range(text, now));
  range.of = RangeTerm::Of::kArrived;
  return range;
}

std::optional<RangeTerm> parse_id_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos || text.size() == 2) return std::nullopt;
  RangeTerm range;
  range.of = RangeTerm::Of::kId;
  const auto put = [](std::string_view digits, std::int64_t more,
                      std::optional<std::int64_t>& side) {
    const auto number = parse_decimal<std::uint32_t>(digits);
    if (number) side = std::int64_t{*number} + more;
    return digits.empty() || number;
  };
  if (!put(text.substr(0, dots), 0, range.first)) return std::nullopt;
  if (!put(text.substr(dots + 2), 1, range.last)) return std::nullopt;
  return range;
}

Result<RangeTerm> parse_size_range(std::string_view text) {
  RangeTerm range;
  range.of = RangeTerm::Of::kSize;
  const std::size_t dots = text.find("..");
  const bool is_range = dots != std::string_view::npos;
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = is_range ? text.substr(dots + 2) : std::string_view();
  if (!from.empty() || to.empty()) {
    RESTANTE_TRY(const std::int64_t first, parse_size(from));
    range.first = first;
  }
  if (!to.empty()) {
    RESTANTE_TRY(const std::int64_t last, parse_size(to));
    range.last = last + 1;
  }
  if (range.first && range.last && *range.last <= *range.first)
    return Error(Errc::kSyntax, "the range ends before it begins");
  return range;
}

}  // namespace restante::archive
