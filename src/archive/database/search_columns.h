// The columns of the full-text table, in its order (schema.cc). One list, so that a column that is
// added is weighed as itself.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace restante::archive {

struct SearchColumn {
  std::string_view name;
  double weight;  ///< What a word there says of the message, beside one in the text.
};

inline constexpr std::array kSearchColumns = {
    SearchColumn{"body", 1}, SearchColumn{"subject", 8}, SearchColumn{"from_", 4},
    SearchColumn{"to_", 2},  SearchColumn{"cc", 1},      SearchColumn{"attachment", 2},
};

/// Of a column by its place in the table; 1 of one that is not in the list.
constexpr double weight_of(std::size_t column) {
  return column < kSearchColumns.size() ? kSearchColumns[column].weight : 1;
}

}  // namespace restante::archive
