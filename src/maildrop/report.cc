#include "maildrop/report.h"

namespace restante::maildrop {

std::uint64_t CheckReport::dead_bytes() const {
  std::uint64_t damaged = 0;
  for (const Finding& finding : findings)
    if (!finding.message) damaged += finding.bytes;
  return deleted.bytes + others.bytes + damaged;
}

}  // namespace restante::maildrop
