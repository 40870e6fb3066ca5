#include "sim/records.h"

#include "base/bytes.h"

namespace restante::sim {
namespace {

constexpr std::uint64_t kHeaderBytes = 56;

std::uint64_t aligned(std::uint64_t offset) { return (offset + 7) / 8 * 8; }

}  // namespace

std::optional<LogMap> map_log(const std::string& log) {
  const ByteView bytes = as_bytes(log);
  if (bytes.size() < 64) return std::nullopt;
  LogMap map;
  map.header_bytes = get_le<std::uint32_t>(bytes, 12);
  std::uint64_t at = 2 * map.header_bytes;
  if (at > bytes.size()) return std::nullopt;
  while (at < bytes.size()) {
    at = aligned(at);
    if (at + kHeaderBytes > bytes.size() || log.compare(at, 4, "\xf5RST") != 0) return std::nullopt;
    RecordSpot spot;
    spot.offset = at;
    spot.type = get_le<std::uint8_t>(bytes, at + 4);
    spot.key = get_le<std::uint64_t>(bytes, at + 16);
    spot.time = static_cast<std::int64_t>(get_le<std::uint64_t>(bytes, at + 32));
    const std::uint64_t body = at + kHeaderBytes + aligned(get_le<std::uint8_t>(bytes, at + 5));
    spot.end = body + get_le<std::uint64_t>(bytes, at + 40);
    if (spot.end > bytes.size()) return std::nullopt;
    // Retrievals, and deletions of two kinds: how many ranges were retrieved, those, and then the
    // deleted; of two kinds how many left every view, those, and the others.
    std::uint64_t range = body;
    if ((spot.type == 3 || spot.type == 8) && body + 8 <= spot.end)
      range = body + 8 + 16 * get_le<std::uint64_t>(bytes, body);
    if (spot.type == 8) range += 8;
    if ((spot.type >= 2 && spot.type <= 4) || spot.type == 8)
      for (; range + 16 <= spot.end; range += 16)
        spot.ranges.emplace_back(get_le<std::uint64_t>(bytes, range),
                                 get_le<std::uint64_t>(bytes, range + 8));
    at = spot.end;
    map.records.push_back(std::move(spot));
  }
  return map;
}

}  // namespace restante::sim
