// Landlock: from then on the process reaches only the files that were named, even as root. Knows
// the kernel's interface (all versions of it up to now), and nothing of what the paths are for. The
// restriction holds for the calling thread and what it starts: call it before threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"

namespace restante::process {

enum class Access : std::uint8_t {
  kRead,       ///< Files and folders are read; nothing is executed.
  kReadWrite,  ///< Regular files and folders are made, changed, renamed and removed, too.
  kRun,        ///< Read, and run programs.
};

struct PathRule {
  std::filesystem::path path;  ///< A file, or a folder with all that is in it, now and later.
  Access access = Access::kRead;
};

/// TCP, where the kernel can restrict it (version 4 and later).
enum class Tcp : std::uint8_t {
  kNone,
  kPorts,    ///< Connections to some ports.
  kConnect,  ///< Connections to all.
  kAll,
};

/// The kernel's version of Landlock: 1, 2, …; 0 when it has none or it is turned off.
int landlock_version();

/// Forbids all files but those of the rules, and what `tcp` does not grant (`ports`: to which it
/// connects, with kPorts); also signals to, and
/// abstract sockets of, processes outside (version 6). Listening sockets that are open stay so.
/// A path that does not exist is left out. Needs no_new_privileges() before.
/// Errors: kNotFound (no Landlock), kIo.
Status restrict_files(const std::vector<PathRule>& rules, Tcp tcp,
                      const std::vector<std::uint16_t>& ports = {});

}  // namespace restante::process
