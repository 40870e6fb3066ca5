// restantectl restore: a backup into an empty data directory.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct RestoreOptions {
  std::string folder;
  bool despite_damage = false;
};

/// kData when the backup is damaged, and nothing was restored; kExists when data_dir is not empty.
Exit restore(Office& office, const RestoreOptions& options);

}  // namespace restante::ctl
