#include "archive/search/query_range.h"

#include <utility>

#include "archive/search/query_date.h"
#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view kEndBeforeBegin = "the range ends before it begins";

Error date_mistake(std::string_view text) {
  return Error(Errc::kSyntax,
               "\"" + std::string(text) +
                   "\" is no date: write 2024, 2024-03, 2024-03-05, 5.3.2024, \"5 Mar 2024\", "
                   "2024-W10, 7d, 3m, today or yesterday, and from..to for a range");
}

Error size_mistake(std::string_view text) {
  return Error(Errc::kSyntax, "\"" + std::string(text) +
                                  "\" is no size: write 100k, 1.5M or 2G, 1M..10M for a range, or "
                                  ">1M");
}

/// In bytes: "1.5M", "2MB", "10KiB", "300".
std::optional<std::int64_t> size_of(std::string_view text) {
  std::string unit;
  while (!text.empty() && is_alpha(text.back())) {
    unit.insert(0, 1, to_lower(text.back()));
    text.remove_suffix(1);
  }
  std::uint64_t factor = 1;
  if (const std::size_t at = std::string_view("kmg").find(unit.empty() ? 'b' : unit.front());
      at != std::string_view::npos) {
    factor = std::uint64_t{1} << (10 * (at + 1));
    unit.erase(0, 1);
  }
  if (!unit.empty() && unit != "b" && (factor == 1 || unit != "ib")) return std::nullopt;
  const std::size_t point = text.find_first_of(".,");
  const auto whole = parse_decimal<std::uint64_t>(text.substr(0, point));
  if (!whole || *whole > (1ULL << 62U) / factor) return std::nullopt;
  std::uint64_t bytes = *whole * factor;
  if (point == std::string_view::npos) return static_cast<std::int64_t>(bytes);
  const std::string_view digits = text.substr(point + 1);
  if (digits.empty() || digits.size() > 6 || factor == 1) return std::nullopt;
  std::uint64_t scale = 1;
  std::uint64_t part = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    part = part * 10 + static_cast<std::uint64_t>(c - '0');
    scale *= 10;
  }
  bytes += part * factor / scale;
  return static_cast<std::int64_t>(bytes);
}

std::int64_t seconds_of(sys_seconds time) { return time.time_since_epoch().count(); }

/// What stands before a single value: more or less than it, it included or not.
enum class Side : std::uint8_t { kNone, kMore, kMoreOrSame, kLess, kLessOrSame };

Side take_side(std::string_view& text) {
  constexpr std::pair<std::string_view, Side> kSides[] = {
      {">=", Side::kMoreOrSame}, {"<=", Side::kLessOrSame}, {">", Side::kMore}, {"<", Side::kLess}};
  for (const auto& [sign, side] : kSides) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    return side;
  }
  return Side::kNone;
}

/// Of a value that covers `first` to before `last` seconds or bytes.
void put(RangeTerm& range, Side side, std::int64_t first, std::int64_t last) {
  if (side == Side::kMore) range.first = last;
  if (side == Side::kMoreOrSame) range.first = first;
  if (side == Side::kLess) range.last = first;
  if (side == Side::kLessOrSame) range.last = last;
}

}  // namespace

Result<RangeTerm> parse_date_range(std::string_view text, sys_seconds now) {
  RangeTerm range;
  range.of = RangeTerm::Of::kDate;
  if (const Side side = take_side(text); side != Side::kNone) {
    const auto span = date_span(text, now);
    if (!span) return date_mistake(text);
    put(range, side, seconds_of(span->first), seconds_of(span->last));
    return range;
  }
  const std::size_t dots = text.find("..");
  const bool is_range = dots != std::string_view::npos;
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = is_range ? text.substr(dots + 2) : from;
  if (from.empty() && to.empty()) return date_mistake(text);
  bool open_end = to.empty();
  if (!from.empty()) {
    const auto span = date_span(from, now);
    if (!span) return date_mistake(from);
    range.first = seconds_of(span->first);
    // A lone "7d" is the time since then.
    open_end = open_end || (!is_range && span->first == span->last);
  }
  if (!open_end) {
    const auto span = date_span(to, now);
    if (!span) return date_mistake(to);
    range.last = seconds_of(span->last);
  }
  if (range.first && range.last && *range.last <= *range.first)
    return Error(Errc::kSyntax, std::string(kEndBeforeBegin));
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
  if (const Side side = take_side(text); side != Side::kNone) {
    const auto size = size_of(text);
    if (!size) return size_mistake(text);
    put(range, side, *size, *size + 1);
    return range;
  }
  const std::size_t dots = text.find("..");
  const bool is_range = dots != std::string_view::npos;
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = is_range ? text.substr(dots + 2) : std::string_view();
  if (!from.empty() || to.empty()) {
    const auto first = size_of(from);
    if (!first) return size_mistake(from);
    range.first = *first;
  }
  if (!to.empty()) {
    const auto last = size_of(to);
    if (!last) return size_mistake(to);
    range.last = *last + 1;
  }
  if (range.first && range.last && *range.last <= *range.first)
    return Error(Errc::kSyntax, std::string(kEndBeforeBegin));
  return range;
}

}  // namespace restante::archive
