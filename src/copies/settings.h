// [copies]: where copies of accounts' mail may go, and how fast.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "config/keys_fwd.h"
#include "copies/target.h"

namespace restante::copies {

struct Settings {
  std::vector<Target> targets;    ///< The server connects to these alone; accounts need no entry.
  std::filesystem::path ca_file;  ///< PEM, for all targets. Empty: the authorities of the system.
  std::uint32_t rate = 0;         ///< Messages a minute to one target; 0: no limit.
  std::chrono::seconds notice_after = std::chrono::days(5);  ///< Then the owner is told.
};

const config::Keys<Settings>& keys();

}  // namespace restante::copies
