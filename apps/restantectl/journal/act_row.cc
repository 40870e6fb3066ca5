#include "restantectl/journal/act_row.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <charconv>

#include "base/ascii.h"
#include "journal/act_line.h"

namespace restante::ctl {
namespace {

/// The other facts of an act, for the last column.
std::string notes_of(const journal::Act& act) {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!out.empty()) out += "  ";
    out += name;
    out += value;
  };
  if (act.count > 0) add("", fmt::format("{} times", act.count));
  if (act.octets > 0) add("", fmt::format("{} octets", act.octets));
  add("by ", act.user);
  add("device ", act.device);
  add("view ", act.view);
  if (act.recipient != act.account) add("to ", act.recipient);
  add("", act.message_id);
  add("queue ", act.queue_id);
  add("session ", act.session);
  add("", act.detail);
  return out;
}

}  // namespace

std::vector<std::string> act_header() { return {"when", "act", "account", "uid", "from", ""}; }

std::vector<std::string> act_row(const journal::Act& act) {
  // Milliseconds are useful to programs only.
  const std::string when =
      to_rfc3339(act.when).substr(0, std::string_view("2026-11-30T10:28:06").size());
  return {when,         std::string(journal::name_of(act.kind)), act.account, act.uid, act.from,
          notes_of(act)};
}

boost::json::object act_object(const journal::Act& act) {
  std::string line;
  journal::append_line(act, line);
  line.pop_back();
  return boost::json::parse(line).as_object();
}

std::optional<WallTime> parse_moment(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (text.ends_with('Z')) text.remove_suffix(1);
  const bool is_whole = text.size() == 10 || text.size() == 16 || text.size() == kForm.size();
  if (!is_whole) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits = kForm[i] == 'd'   ? is_digit(text[i])
                      : kForm[i] == 'T' ? text[i] == 'T' || text[i] == ' '
                                        : text[i] == kForm[i];
    if (!fits) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    if (at + digits <= text.size())
      std::from_chars(text.data() + at, text.data() + at + digits, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  if (!day.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 60)
    return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(number(11, 2)) +
         std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
}

}  // namespace restante::ctl
