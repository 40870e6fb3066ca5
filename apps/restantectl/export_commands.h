// restantectl maildrop show and export: messages as they were received, for whoever looks after the
// maildrop, without its owner's password. What is damaged is said, and never given out.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct ExportOptions {
  std::string name;
  std::string id;        ///< show: a unique id, or a sequence number.
  std::string to;        ///< export: a folder; "mbox" or empty: an mbox on stdout.
  bool deleted = false;  ///< export: deleted ones, too.
};

/// One message to stdout.
Exit maildrop_show(Office& office, const ExportOptions& options);

/// All that wait: to stdout as an mbox, or each in a file of its own. Enters the office.
Exit maildrop_export(Office& office, const ExportOptions& options);

}  // namespace restante::ctl
