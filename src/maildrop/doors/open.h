// Opens a store by its settings. With backups.h the only door to the back ends.
#pragma once

#include <memory>

#include "maildrop/settings.h"
#include "maildrop/store.h"

namespace restante::maildrop {

/// The store of settings.back_end. Touches no disk yet. `disk` is not owned and outlives the store.
/// Several stores, in any number of processes, may use the same directory. Errors: as the back end
/// says.
Result<std::unique_ptr<Store>> open_store(disk::Disk& disk, StoreSettings settings);

}  // namespace restante::maildrop
