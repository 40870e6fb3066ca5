// restantectl restore: a backup into an empty data directory.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct RestoreOptions {
  std::string folder;
  bool despite_damage = false;
  bool without_config = false;  ///< The backup's configuration is not wanted.
};

/// kData when the backup is damaged, and nothing was restored, or when something was left out: also
/// the backup's configuration, unless it is the one that we run with, at `config_path`. kExists
/// when data_dir is not empty.
Exit restore(Office& office, const RestoreOptions& options, const std::string& config_path);

}  // namespace restante::ctl
