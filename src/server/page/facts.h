// What the page shows.
#pragma once

#include <string>
#include <vector>

#include "server/alarm/trouble.h"
#include "server/measures/storage.h"
#include "server/page/plot.h"
#include "server/page/range.h"

namespace restante::server::page {

/// A plot with what it says in words.
struct Figure {
  std::string heading;  ///< "Retrieval".
  std::string summary;  ///< "99.98 % of 1,234 messages went out whole".
  std::string command;  ///< Shows more: "restantectl history retrieval --since 24h".
  Plot plot;
};

struct RefusedRow {
  std::string address;
  std::uint64_t failed_logins = 0;
  std::uint64_t refusals = 0;
};

/// A figure of the moment: "Sessions", "12".
struct Tile {
  std::string name;
  std::string value;
  std::string command{};
};

struct PageFacts {
  std::string hostname;
  std::string version;
  WallTime now{};
  std::chrono::seconds uptime{};
  std::vector<Trouble> troubles;
  std::vector<Tile> tiles;
  Range range = Range::kDay;
  std::vector<Figure> figures;
  std::string figures_missing;  ///< Why there are none.
  std::vector<HeldMaildrop> largest;
  std::vector<HeldMaildrop> fullest;  ///< Of those with a quota.
  std::vector<RefusedRow> refused;
  std::vector<Tile> upkeep;
};

/// The whole document. Any text in the facts may be hostile.
std::string html(const PageFacts& facts);

}  // namespace restante::server::page
