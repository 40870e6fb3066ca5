// An office that does not exist, for pictures of the page: a week has its days and nights, and
// nothing is left to chance.
#pragma once

#include "server/page/facts.h"

namespace restante::server::page {

enum class Office : std::uint8_t {
  kUsual,
  kInTrouble,  ///< With something wrong.
  kEmpty,      ///< Just begun, and without mail.
};

PageFacts demo_facts(Range range, WallTime now, Office office);

}  // namespace restante::server::page
