// Rows of text in aligned columns, on stdout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace restante::console {

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> row_dimmed;  ///< May be shorter than rows.
};

/// Rows under the header, made harmless; nothing at all when there are no rows. With `colour` the
/// header is bold and dimmed rows are faint. Returns how wide the columns are. Rows that continue
/// others have no second header, and columns at least as wide: `before` is what those returned.
std::vector<std::size_t> print(const Table& table, bool colour,
                               const std::vector<std::size_t>& before = {});

/// How many cells a text takes (text/cells.h).
std::size_t width_of(std::string_view utf8);

}  // namespace restante::console
