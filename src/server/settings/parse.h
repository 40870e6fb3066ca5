// From a TOML file to a Config, or to all mistakes in it. docs/configuration.md describes the keys,
// keys.cc gathers them, rules.cc has the rules that concern several.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "server/settings/config.h"
#include "server/settings/rules.h"

namespace restante::settings {

struct LoadResult {
  std::optional<Config> config;       ///< Has a value exactly when there are no mistakes.
  std::vector<std::string> mistakes;  ///< "FILE:LINE: key: what is wrong", by line; exit 78.
  config::Node root{};                ///< Of the document, where there is a config.
};

/// Reads the file; relative paths in it start from its folder. For kTools a file without [[listen]]
/// tables, and certificates that this user may not read, are no mistakes. Never throws.
LoadResult load_file(const std::filesystem::path& path, Purpose purpose = Purpose::kTools);

/// What `data_dir` a file names that may have mistakes; empty: none.
std::filesystem::path data_dir_of(const std::filesystem::path& path);

/// As load_file(), from memory: `file_name` stands in the mistakes, relative paths start from
/// `base`.
LoadResult parse(std::string_view text, std::string_view file_name,
                 const std::filesystem::path& base, Purpose purpose = Purpose::kTools);

}  // namespace restante::settings
