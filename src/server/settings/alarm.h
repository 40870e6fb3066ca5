// [alarm]: the address that is told when something is wrong, and when that is looked for.
#pragma once

#include <chrono>
#include <string>

#include "config/keys_fwd.h"

namespace restante::settings {

struct Alarm {
  std::string to;  ///< An address of ours; empty: server.operator.
  std::chrono::milliseconds interval = std::chrono::minutes(1);
  std::chrono::milliseconds backup_age = std::chrono::days(7);  ///< 0: of any age.
};

const config::Keys<Alarm>& alarm_keys();

}  // namespace restante::settings
