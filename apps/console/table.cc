#include "console/table.h"

#include <algorithm>
#include <iostream>

#include "console/harmless.h"
#include "text/cells.h"

namespace restante::console {
namespace {

constexpr std::string_view kBold = "\x1B[1m";
constexpr std::string_view kFaint = "\x1B[2m";
constexpr std::string_view kPlain = "\x1B[0m";

void print_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
               std::string_view style) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += cells[i];
    const bool last = i + 1 == cells.size();
    if (!last) text.append(widths[i] - width_of(cells[i]) + 2, ' ');
  }
  const bool styled = !style.empty();
  std::cout << (styled ? style : "") << text << (styled ? kPlain : "") << '\n';
}

}  // namespace

std::size_t width_of(std::string_view utf8) { return text::cells(utf8); }

std::vector<std::size_t> print(const Table& from_elsewhere, bool colour,
                               const std::vector<std::size_t>& before) {
  if (from_elsewhere.rows.empty()) return before;
  Table table = from_elsewhere;
  for (auto& row : table.rows)
    for (std::string& cell : row) cell = harmless_line(cell);
  std::vector<std::size_t> widths = before;
  widths.resize(table.header.size());
  for (std::size_t i = 0; i < widths.size(); ++i)
    widths[i] = std::max(widths[i], width_of(table.header[i]));
  for (const auto& row : table.rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  if (before.empty()) print_row(table.header, widths, colour ? kBold : std::string_view());
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const bool dimmed = i < table.row_dimmed.size() && table.row_dimmed[i];
    print_row(table.rows[i], widths, dimmed && colour ? kFaint : std::string_view());
  }
  return widths;
}

}  // namespace restante::console
