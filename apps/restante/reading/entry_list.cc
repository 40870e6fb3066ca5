#include "restante/reading/entry_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "console/harmless.h"
#include "console/terminal.h"
#include "restante/frame/local_time.h"
#include "text/cells.h"
#include "text/charsets/charset.h"

namespace restante::cli {
namespace {

using archive::Entry;

constexpr std::size_t kAccountColumns = 14;

std::string marks_of(const Entry& entry) {
  std::string marks;
  const auto has = [&](char flag) { return entry.flags.find(flag) != std::string::npos; };
  if (!has('S')) marks += 'N';
  if (has('F')) marks += '!';
  if (has('R')) marks += 'r';
  if (entry.has_attachment) marks += '@';
  if (entry.removed) marks += 'x';
  return marks;
}

/// Those of the terminal, if there is one.
std::size_t columns_for_lists() {
  constexpr std::size_t kWithoutTerminal = 100;
  return ::isatty(STDERR_FILENO) == 1 ? console::terminal_columns() : kWithoutTerminal;
}

/// `kept`: the width of other columns.
EntryRoom room_for(std::span<const Entry> entries, std::size_t columns, std::size_t kept) {
  constexpr std::size_t kFromMax = 24;
  constexpr std::size_t kLeast = 8;
  constexpr std::size_t kDateAndGaps = 16 + 4 * 2;
  std::size_t id = 2;
  std::size_t marks = 0;
  for (const Entry& entry : entries) {
    id = std::max(id, std::to_string(entry.id).size());
    marks = std::max(marks, marks_of(entry).size());
  }
  const std::size_t taken = id + marks + kDateAndGaps + kept;
  const std::size_t left = std::max(columns, taken + 2 * kLeast) - taken;
  const std::size_t from = std::clamp(left * 2 / 5, kLeast, kFromMax);
  return {from, left - from};
}

}  // namespace

std::vector<std::string> accounts_of(const Entry& entry) {
  std::vector<std::string> accounts = {entry.account};
  for (const archive::Copy& copy : entry.copies)
    if (std::find(accounts.begin(), accounts.end(), copy.account) == accounts.end())
      accounts.push_back(copy.account);
  return accounts;
}

boost::json::object to_json(const Entry& entry, const archive::Path& archive) {
  const auto time = [](std::int64_t seconds) {
    return to_rfc3339(WallTime(std::chrono::seconds(seconds)));
  };
  boost::json::object object{
      {"id", entry.id},
      {"account", entry.account},
      {"date", time(entry.date)},
      {"arrived", time(entry.arrived)},
      {"from", entry.from},
      {"to", entry.to},
      {"subject", entry.subject},
      {"message_id", entry.message_id},
      {"thread", entry.thread},
      {"size", entry.size},
      {"flags", entry.flags},
      {"attachments", entry.has_attachment},
      {"removed", entry.removed},
      {"sha256", entry.sha256},
      {"file", archive::file_of(archive, entry).string()},
  };
  boost::json::array accounts;
  for (const std::string& account : accounts_of(entry)) accounts.emplace_back(account);
  boost::json::array copies = {{{"id", entry.id}, {"account", entry.account}}};
  for (const archive::Copy& copy : entry.copies)
    if (copy.id != entry.id)
      copies.push_back(boost::json::object{{"id", copy.id}, {"account", copy.account}});
  object["accounts"] = std::move(accounts);
  object["copies"] = std::move(copies);
  return object;
}

std::string fit(std::string_view text, std::size_t columns) {
  std::string line = console::harmless_line(text::mend_utf8(text));
  if (text::cut_to_cells(line, columns).size() == line.size()) return line;
  return std::string(text::cut_to_cells(line, columns > 0 ? columns - 1 : 0)) + "…";
}

EntryList::EntryList(const Context& context, ArchiveView& view)
    : context_(context),
      archive_(view.path()),
      by_account_(view.has_several_accounts().value_or(false)),
      objects_(context.out()) {}

void EntryList::add(std::span<const Entry> entries) {
  for (const Entry& entry : entries) objects_.add(to_json(entry, archive_));
  if (!context_.out().text() || entries.empty()) return;
  // The first of many say how wide the columns are.
  if (!room_)
    room_ =
        room_for(entries, columns_for_lists(), by_account_ ? kAccountColumns + 2 : std::size_t{0});
  Output::Table table{{"ID", "DATE", "", "FROM", "SUBJECT"}, {}, {}};
  if (by_account_) table.header.insert(table.header.begin() + 3, "ACCOUNT");
  for (const Entry& entry : entries) {
    table.rows.push_back(row_of(entry));
    table.row_dimmed.push_back(entry.removed);
  }
  widths_ = context_.out().print(table, widths_);
}

std::vector<std::string> EntryList::row_of(const Entry& entry) const {
  std::vector<std::string> row = {std::to_string(entry.id), short_date(entry.date), marks_of(entry),
                                  fit(entry.from, room_->from), fit(entry.subject, room_->subject)};
  if (by_account_)
    row.insert(row.begin() + 3,
               fit(fmt::format("{}", fmt::join(accounts_of(entry), ", ")), kAccountColumns));
  return row;
}

void print_entries(const Context& context, ArchiveView& view, std::span<const Entry> entries) {
  EntryList(context, view).add(entries);
}

}  // namespace restante::cli
