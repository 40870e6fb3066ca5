// A log from its first record to its end, place by place, whole or damaged: what check and dump
// have in common. Only reads; needs no lock for what lies before an end that was read under one.
#pragma once

#include <functional>

#include "maildrop/log/format/log_scanner.h"

namespace restante::maildrop::log {

enum class PlaceState : std::uint8_t {
  kWhole,
  kBodyDamaged,  ///< The header is intact, the body does not match.
  kNoRecord,     ///< No header can be read here.
  kCutShort,     ///< The header is intact, the body reaches beyond the end.
  kZeros,        ///< Space without content, at the end.
};

struct LogPlace {
  PlaceState state = PlaceState::kWhole;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  ///< That are there.
  bool in_tail = false;     ///< Behind the last whole record: the next opening sets it aside.
  const ScannedRecord* record = nullptr;  ///< Unless kNoRecord or kZeros.
};

/// Calls sink for every place in order; where the last whole record ends. Errors: as scan_log.
Result<std::uint64_t> walk_log(disk::File& file, std::uint64_t seed, ScanRange range,
                               const std::function<void(const LogPlace&)>& sink);

}  // namespace restante::maildrop::log
