// restantectl deliver NAME < message: puts one message into the maildrops that NAME leads to, as
// intake would, beside a running server.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct DeliverOptions {
  std::string name;
  std::string uid;             ///< Empty: made by the store.
  bool ignore_limits = false;  ///< Neither quotas nor maildrop.reserve count.
};

/// Prints the unique id of each copy once it is durable.
Exit deliver(Office& office, const DeliverOptions& options);

}  // namespace restante::ctl
