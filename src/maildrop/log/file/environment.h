// What all maildrops of one store share.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/clock.h"
#include "disk/disk.h"
#include "disk/random.h"
#include "maildrop/log/file/view_table.h"
#include "maildrop/report.h"
#include "maildrop/store_place.h"

namespace restante::maildrop::log {

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
  ViewsExpire view_expires{};
  mutable std::atomic<std::uint64_t> memory_bytes = 0;  ///< That the maildrops take.

  /// Looks whether the place is there, at the price of a few system calls. Errors: kIo.
  [[nodiscard]] Status check_place() const { return place == nullptr ? ok() : place->check(); }
  /// The same, without a look as long as all is well.
  [[nodiscard]] Status check_lost_place() const { return is_place_lost() ? place->check() : ok(); }
  [[nodiscard]] bool is_place_lost() const { return place != nullptr && place->is_lost(); }
};

}  // namespace restante::maildrop::log
