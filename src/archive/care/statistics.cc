#include "archive/care/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "archive/search/local_day.h"
#include "archive/search/selection.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

using Sizes = std::pair<std::uint64_t, std::string_view>;
constexpr std::array kSizes = {
    Sizes{1ULL << 10, "up to 1k"},     Sizes{10ULL << 10, "up to 10k"},
    Sizes{100ULL << 10, "up to 100k"}, Sizes{1ULL << 20, "up to 1M"},
    Sizes{10ULL << 20, "up to 10M"},   Sizes{~0ULL, "more than 10M"},
};
// A wrong date may be a thousand years off; the months in between are not worth a row.
constexpr int kMonthsMax = 1200;

struct Row {
  std::string_view account;
  std::int64_t date;
  std::uint64_t size;
  std::string_view from;
};

int month_number(std::int64_t date, const LocalCalendar& calendar) {
  namespace ch = std::chrono;
  const ch::year_month_day day(calendar.day_of(ch::sys_seconds{ch::seconds(date)}));
  return static_cast<int>(day.year()) * 12 + static_cast<int>(static_cast<unsigned>(day.month())) -
         1;
}

std::string month_name(int number) {
  return fmt::format("{:04}-{:02}", number / 12, number % 12 + 1);
}

std::string key_of(const Row& row, GroupBy by, const LocalCalendar& calendar) {
  switch (by) {
    case GroupBy::kAccount: return std::string(row.account);
    case GroupBy::kMonth: return month_name(month_number(row.date, calendar));
    case GroupBy::kSender: return sender_of(row.from);
    case GroupBy::kSize: break;
  }
  for (const auto& [limit, name] : kSizes) {
    if (row.size <= limit) return std::string(name);
  }
  return "";
}

void fill_months(std::map<std::string, Group>& groups, const Statistics& all,
                 const LocalCalendar& calendar) {
  if (groups.empty()) return;
  const int last = month_number(all.last_date, calendar);
  // The newest ones: a date of the year 1 is a slip, and one of 2,000 years hence as well.
  const int first = std::max(month_number(all.first_date, calendar), last - kMonthsMax);
  for (int month = first; month <= last; ++month)
    groups[month_name(month)].name = month_name(month);
}

std::vector<Group> in_order(const std::map<std::string, Group>& groups, GroupBy by,
                            std::size_t groups_max) {
  std::vector<Group> list;
  if (by == GroupBy::kSize) {
    for (const auto& [limit, name] : kSizes) {
      const auto found = groups.find(std::string(name));
      list.push_back(found == groups.end() ? Group{std::string(name), 0, 0} : found->second);
    }
    // Sizes have their own order, also where there are none of a kind.
    return list;
  }
  for (const auto& [name, group] : groups) list.push_back(group);
  if (by == GroupBy::kMonth) return list;
  std::stable_sort(list.begin(), list.end(),
                   [](const Group& a, const Group& b) { return a.messages > b.messages; });
  // The list is for a person; the figures above it are of all.
  if (list.size() > groups_max) list.resize(groups_max);
  return list;
}

}  // namespace

std::string sender_of(std::string_view from) {
  const std::size_t open = from.rfind('<');
  const std::size_t close = from.rfind('>');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close)
    from = from.substr(open + 1, close - open - 1);
  return to_lower(trim(from));
}

Result<Statistics> statistics(Database& database, const QueryNode& query, GroupBy by,
                              std::size_t groups_max) {
  // The rows are read once, and all figures are made of that: two readings might differ.
  RESTANTE_TRY(const Selected selected, select(database, query));
  RESTANTE_TRY(Statement rows,
               database.prepare("SELECT id, account, date, size, from_, instr(flags, 'S') = 0, "
                                "has_attachment FROM messages"));
  Statistics all;
  const LocalCalendar calendar;
  std::map<std::string, Group> groups;
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) break;
    if (!selected.ids.has(rows.number(0))) continue;
    const Row row{rows.text(1), rows.number(2), static_cast<std::uint64_t>(rows.number(3)),
                  rows.text(4)};
    all.first_date = all.messages == 0 ? row.date : std::min(all.first_date, row.date);
    all.last_date = std::max(all.last_date, row.date);
    ++all.messages;
    all.bytes += row.size;
    all.unread += static_cast<std::uint64_t>(rows.number(5));
    all.with_attachment += static_cast<std::uint64_t>(rows.number(6));
    const std::string key = key_of(row, by, calendar);
    Group& group = groups[key];
    group.name = key;
    ++group.messages;
    group.bytes += row.size;
  }
  if (by == GroupBy::kMonth) fill_months(groups, all, calendar);
  all.groups = in_order(groups, by, groups_max);
  return all;
}

}  // namespace restante::archive
