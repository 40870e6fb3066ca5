#include "server/upkeep/scrub_check.h"

#include "server/common/log.h"

namespace restante::server {

Scrub::Check scrub_check(maildrop::Store& store) {
  return [&store](const std::string& account, const maildrop::Pace& pace) -> Result<std::uint64_t> {
    RESTANTE_TRY(const maildrop::CheckReport report, store.check(account, pace));
    std::uint64_t damaged = 0;
    for (const maildrop::Finding& finding : report.findings) {
      if (finding.in_tail) continue;  // From a crash, and no rot: the next opening mends it.
      ++damaged;
      spdlog::error("maildrop damage account={} offset={} what={}", for_log(account),
                    finding.offset, for_log(finding.what));
    }
    return damaged;
  };
}

}  // namespace restante::server
