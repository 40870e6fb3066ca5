// The settings of every store, of any back end.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "disk/disk.h"
#include "maildrop/back_end.h"
#include "maildrop/report.h"
#include "maildrop/store_place.h"

namespace restante::maildrop {

struct StoreSettings {
  StoreSettings(std::string r, const Clock& c) : root(std::move(r)), clock(c) {}

  BackEnd back_end = BackEnd::kLog;
  std::string root;    ///< The data directory; maildrops_folder() is in it.
  const Clock& clock;  ///< Not owned. Gives deletions their time.
  std::size_t idle_maildrops_max = limits::kIdleMaildropsMax;  ///< Each keeps a file open.
  /// For a maildrop that another process has locked; every call may end with kTimeout then.
  disk::Patience patience = disk::patience_of(limits::kLockTimeout);
  /// A view that was not used for so long holds nothing; nullopt: never so.
  std::optional<std::chrono::seconds> view_expires;
  Reporter report;  ///< May be empty.
  StorePlace* place =
      nullptr;  ///< Not owned; where it is lost, nothing is opened or made. May be null.
};

}  // namespace restante::maildrop
