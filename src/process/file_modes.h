// Checks at start who may read and own secret files, and names the command that mends it. Knows
// modes and owners; nothing is changed but folders that are made.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "process/privileges.h"

namespace restante::process {

/// New files are their owner's alone from now on (umask 077).
void make_files_private();

enum class Owner : std::uint8_t {
  kUser,        ///< The user that the process runs as.
  kUserOrRoot,  ///< That, or root: for files that are only read.
  kAny,
};

struct FileRule {
  FileRule(std::string n, std::filesystem::path p, unsigned mode, Owner o)
      : name(std::move(n)), path(std::move(p)), forbidden(mode), owner(o) {}

  std::string name;  ///< As operators know it: "data_dir".
  std::filesystem::path path;
  unsigned forbidden = 07;  ///< Mode bits that must not be set.
  Owner owner = Owner::kUser;
};

/// Ok also when the file is not there. The detail of an error ends with the command to run.
/// Errors: kState (open to others, or foreign), kIo.
Status check_file(const FileRule& rule, const Identity& user);

/// Makes the folder (mode 0700) and the missing ones above it (0755) when it is not there; root
/// gives it to `user`. Errors: kIo.
Status make_private_folder(const std::filesystem::path& path, const Identity& user);

}  // namespace restante::process
