#include "server/upkeep/scrub_check.h"

#include "server/common/log.h"

namespace restante::server {

Scrub::Check scrub_check(maildrop::Store& store) {
  return [&store](const std::string& account, const maildrop::Pace& pace) -> Result<std::uint64_t> {
    RESTANTE_TRY(const maildrop::CheckReport report, store.check(account, pace));
    std::uint64_t damaged = 0;
    for (const maildrop::Finding& finding : report.findings) {
      if (finding.in_tail) continue;  // A crash's, not rot: the next opening sees to it.
      ++damaged;
      spdlog::error("maildrop damage account={} offset={} what={}", for_log(account),
                    finding.offset, for_log(finding.what));
    }
    return damaged;
  };
}

}  // namespace restante::server
