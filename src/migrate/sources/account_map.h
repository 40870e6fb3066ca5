// The file that --map names: a line an account, "ACCOUNT [SOURCE [PASSWORD]]", blanks or tabs
// between. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret_string.h"

namespace restante::migrate {

struct MapLine {
  std::size_t number = 0;  ///< From 1.
  std::string account;
  std::string source{};     ///< Empty, or "-" in the file: that of the command line.
  SecretString password{};  ///< Empty: none. "file:PATH" names a file that has it.
};

struct AccountMap {
  std::vector<MapLine> lines;
  std::vector<std::string> mistakes;  ///< "3: second line for this account".
};

/// Empty lines and lines that begin with # are ignored.
AccountMap parse_account_map(std::string_view text);

}  // namespace restante::migrate
