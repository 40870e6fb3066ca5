// What all maildrops of one store share.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/clock.h"
#include "disk/disk.h"
#include "disk/random.h"
#include "maildrop/store_place.h"

namespace restante::maildrop::log {

/// Damage that was found. Nothing of it was given out as good mail, and nothing was thrown away.
struct Damage {
  std::string account;
  std::uint64_t offset = 0;  ///< In the log.
  std::uint64_t bytes = 0;   ///< How many are concerned, as far as known.
  std::string what;
};

/// Called from any thread, perhaps under a maildrop's lock: must not call the store.
using Reporter = std::function<void(const Damage&)>;
using Random = std::function<Status(MutableBytes)>;

struct Environment {
  disk::Disk& disk;
  const Clock& clock;
  std::string root;
  Random random;
  Reporter report;
  disk::Patience patience;          ///< For a log that another process has locked.
  std::uint64_t index_worth_bytes;  ///< Log bytes that an index must save a start from reading.
  StorePlace* place;                ///< Not owned. Null: taken as it is.
  mutable std::atomic<std::uint64_t> memory_bytes = 0;  ///< That the maildrops take.

  /// Looks whether the place is there, at the price of a few system calls. Errors: kIo.
  [[nodiscard]] Status check_place() const { return place == nullptr ? ok() : place->check(); }
  /// The same, without a look as long as all is well.
  [[nodiscard]] Status check_lost_place() const { return is_place_lost() ? place->check() : ok(); }
  [[nodiscard]] bool is_place_lost() const { return place != nullptr && place->is_lost(); }
};

}  // namespace restante::maildrop::log
