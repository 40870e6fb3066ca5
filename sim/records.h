// Where the records of an undamaged log lie, read as docs/format.md says and not with the store's
// own scanner, so that the driver knows what damage hit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace restante::sim {

struct RecordSpot {
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  std::uint8_t type = 0;
  std::uint64_t key = 0;  ///< Of a message: its sequence.
  std::int64_t time = 0;  ///< Of a message: when it arrived, in milliseconds.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;  ///< Of other types: sequences.
};

struct LogMap {
  std::uint64_t header_bytes = 0;  ///< Of one copy.
  std::vector<RecordSpot> records;
};

/// Nothing when it is not whole from start to end.
std::optional<LogMap> map_log(const std::string& log);

}  // namespace restante::sim
