// restantectl maildrop …: what the store knows, without taking a session.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct MaildropOptions {
  std::string name;
};

/// Every message that the log holds, the deleted ones marked. Works for the maildrop of a removed
/// account, too.
Exit maildrop_list(Office& office, const MaildropOptions& options);

}  // namespace restante::ctl
