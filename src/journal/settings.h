// [journal]: whether one is kept, and how much of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "config/keys_fwd.h"
#include "journal/folder.h"

namespace restante::journal {

struct Settings {
  bool enabled = true;
  std::filesystem::path path;                ///< Of its folder; empty: data_dir/journal.
  std::uint64_t size = Limits().octets_max;  ///< Octets of all files together.
  std::uint32_t days = 90;

  [[nodiscard]] std::filesystem::path folder(const std::filesystem::path& data_dir) const {
    return path.empty() ? data_dir / "journal" : path;
  }
  [[nodiscard]] Limits limits() const { return {size, std::chrono::days(days), Limits().free_min}; }
};

const config::Keys<Settings>& keys();

}  // namespace restante::journal
