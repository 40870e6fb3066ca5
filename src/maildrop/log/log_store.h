// The log back end: one append-only file per maildrop (docs/format.md). The embedded default.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "disk/disk.h"
#include "maildrop/log/file/environment.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

struct LogStoreSettings {
  LogStoreSettings(std::string r, const Clock& c) : root(std::move(r)), clock(c) {}

  std::string root;    ///< The data directory; the logs lie in its "maildrops".
  const Clock& clock;  ///< Not owned. Gives deletions their time.
  std::size_t idle_maildrops_max = limits::kIdleMaildropsMax;  ///< Each keeps a file open.
  /// Of memory: 64 a message, and the texts of unique ids that messages brought along.
  std::uint64_t idle_bytes_max = 256ULL << 20;
  /// For a log that another process has locked; every call may end with kTimeout then.
  disk::Patience patience = disk::patience_of(limits::kLockTimeout);
  Reporter report;                              ///< May be empty.
  Random random = disk::fill_random;            ///< For identities and seeds.
  std::uint64_t index_worth_bytes = 64U << 10;  ///< A log that grew less gets no new index.
  StorePlace* place =
      nullptr;  ///< Not owned; where it is lost, nothing is opened or made. May be null.
};

}  // namespace restante::maildrop::log

namespace restante::maildrop {

/// Touches no disk yet. `disk` is not owned and outlives the store. Several stores, in any number
/// of processes, may use the same directory.
Result<std::unique_ptr<Store>> open_log_store(disk::Disk& disk, log::LogStoreSettings settings);

}  // namespace restante::maildrop
