// [maildrop], and what [limits] says of maildrops: what holds for every maildrop unless its account
// has a setting of its own.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/limits.h"
#include "config/keys_fwd.h"
#include "maildrop/back_end.h"
#include "maildrop/store.h"

namespace restante::maildrop {

struct Rules {
  BackEnd backend = BackEnd::kLog;
  std::chrono::seconds undelete_window = std::chrono::days(7);
  std::uint64_t reserve = 16ULL << 20;  ///< Bytes of the disk that deliveries leave free.
  std::uint64_t quota_octets = 0;       ///< 0: no limit. An account may have its own.
  std::uint64_t quota_messages = 0;     ///< The same.
  std::uint32_t quota_warning = 90;     ///< Percent of a quota; 0: no warning.
  std::uint32_t quota_reply = 552;      ///< What a full maildrop is answered with: 452 or 552.
  std::uint32_t retention_days = 0;     ///< 0: never deleted. An account may have its own.
  Retention::From retention_from = Retention::From::kArrival;
  std::chrono::seconds upkeep_interval = std::chrono::hours(1);
  std::uint64_t upkeep_rate = 16ULL << 20;                      ///< Bytes a second.
  std::chrono::seconds scrub_interval = std::chrono::days(30);  ///< 0: never.
  std::uint64_t scrub_rate = 8ULL << 20;                        ///< Bytes a second.
  std::chrono::seconds lock_timeout = limits::kLockTimeout;
  std::size_t views_max = limits::kViewsMax;  ///< Beside the default one.
  std::chrono::seconds view_expires = std::chrono::days(90);  ///< 0: never.
  bool trash_view = true;
  bool trash_purge = false;
  std::size_t idle_maildrops = limits::kIdleMaildropsMax;  ///< Of [limits].
};

/// [maildrop].
const config::Keys<Rules>& keys();
/// Of [limits].
const config::Keys<Rules>& limit_keys();

}  // namespace restante::maildrop
