// The log back end: one append-only file per maildrop (docs/format.md). The embedded default.
#pragma once

#include <memory>

#include "maildrop/log/file/environment.h"
#include "maildrop/settings.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// With what the log alone has; tests and the simulation turn these.
struct LogStoreSettings : StoreSettings {
  using StoreSettings::StoreSettings;
  explicit LogStoreSettings(StoreSettings settings) : StoreSettings(std::move(settings)) {}

  /// Of memory: 64 a message, and the texts of unique ids that messages brought along.
  std::uint64_t idle_bytes_max = 256ULL << 20;
  Random random = disk::fill_random;            ///< For identities and seeds.
  std::uint64_t index_worth_bytes = 64U << 10;  ///< A log that grew less gets no new index.
};

}  // namespace restante::maildrop::log

namespace restante::maildrop {

/// Touches no disk yet. `disk` is not owned and outlives the store. Several stores, in any number
/// of processes, may use the same directory.
Result<std::unique_ptr<Store>> open_log_store(disk::Disk& disk, log::LogStoreSettings settings);

}  // namespace restante::maildrop
