#include "restantectl/output.h"

#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace restante::ctl {
namespace {

constexpr std::string_view kBold = "\x1B[1m";
constexpr std::string_view kFaint = "\x1B[2m";
constexpr std::string_view kPlain = "\x1B[0m";

/// On a terminal that can, unless NO_COLOR asks not to.
bool wants_colour() {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return ::isatty(STDOUT_FILENO) == 1 && !refused && !dumb;
}

/// Code points, as an approximation of columns.
std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

Output::Output(Format format) : format_(format), colour_(wants_colour()) {}

void Output::print(const boost::json::object& object) const {
  std::cout << boost::json::serialize(object) << '\n';
}

void Output::line(std::string_view text) const { std::cout << text << '\n'; }

void Output::note(std::string_view text) const {
  if (!json()) std::cerr << text << '\n';
}

void Output::print(const Table& table) const {
  if (table.rows.empty()) return;
  std::vector<std::size_t> widths;
  widths.reserve(table.header.size());
  for (const std::string& cell : table.header) widths.push_back(width_of(cell));
  for (const auto& row : table.rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  print_row(table.header, widths, kBold);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const bool dimmed = i < table.row_dimmed.size() && table.row_dimmed[i];
    print_row(table.rows[i], widths, dimmed ? kFaint : std::string_view());
  }
}

void Output::print_row(const std::vector<std::string>& cells,
                       const std::vector<std::size_t>& widths, std::string_view style) const {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += cells[i];
    const bool last = i + 1 == cells.size();
    if (!last) text.append(widths[i] - width_of(cells[i]) + 2, ' ');
  }
  const bool styled = colour_ && !style.empty();
  std::cout << (styled ? style : "") << text << (styled ? kPlain : "") << '\n';
}

boost::json::value to_json(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return boost::json::value(to_rfc3339(*time));
}

}  // namespace restante::ctl
