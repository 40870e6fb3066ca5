// Mistakes in a value that its user finds after the file was read: each is told as a mistake in the
// file is, with its line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"

namespace restante::config {

struct KeyMistake {
  KeyMistake(std::string t, std::size_t i, std::string k, std::string w)
      : table(std::move(t)), index(i), key(std::move(k)), what(std::move(w)) {}

  std::string table;      ///< "accounts", "accounts.next", "oauth".
  std::size_t index = 0;  ///< Which one, where a table may stand several times.
  std::string key;
  std::string what;
};

/// "FILE:LINE: table.key: what", in the order of the lines. A key that is not in its table stands
/// at the table's header.
std::vector<std::string> locate(const std::vector<KeyMistake>& found, const Node& root,
                                std::string_view file_name);

}  // namespace restante::config
