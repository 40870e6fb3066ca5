// What the directory over a passwd-file needs to know, and what it tells of its files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "accounts/names/names.h"
#include "base/error.h"

namespace restante::accounts {

/// What a passwd-file or an aliases file had in it.
struct FileNews {
  std::filesystem::path path;
  std::string what;  ///< "accounts" or "aliases".
  std::size_t count = 0;
  std::vector<std::string> mistakes;  ///< Lines that cost their account: "FILE:LINE: what".
  /// The file may still be being written: a missing name may yet come.
  bool may_be_half = false;
};

namespace passwd_file {

struct Settings {
  std::filesystem::path path;
  std::filesystem::path aliases;  ///< May be empty.
  NameRules names;
  /// Told of a file that cannot be read, so that the old accounts stay in force, from whichever
  /// thread noticed; may be empty.
  std::function<void(const Error&)> report;
  /// Told of each file that was read, at the start and anew; may be empty.
  std::function<void(const FileNews&)> read;
};

}  // namespace passwd_file
}  // namespace restante::accounts
