// restantectl device …: passwords for single devices of an account.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct DeviceOptions {
  std::string name;
  std::string label;
};

/// Prints the password: the only time that anybody sees it.
Exit device_add(Office& office, const DeviceOptions& options);
Exit device_list(Office& office, const DeviceOptions& options);
Exit device_remove(Office& office, const DeviceOptions& options);

}  // namespace restante::ctl
