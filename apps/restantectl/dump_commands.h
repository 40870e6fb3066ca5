// restantectl maildrop dump: the records of one log, one line each, as they lie in the file.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct DumpOptions {
  std::string name;
  std::string file;  ///< Instead of a name: a log anywhere.
};

/// Enters the office itself, and only for a name. kData when anything is damaged.
Exit maildrop_dump(Office& office, const DumpOptions& options);

}  // namespace restante::ctl
