#include "server/upkeep/scrub_check.h"

#include "disk/posix.h"
#include "maildrop/log/check/check.h"
#include "server/common/log.h"

namespace restante::server {

using maildrop::log::CheckReport;
using maildrop::log::Finding;

Scrub::Check scrub_check(const std::filesystem::path& data_dir) {
  return [root = data_dir.string()](const std::string& account,
                                    const maildrop::Pace& pace) -> Result<std::uint64_t> {
    RESTANTE_TRY(const CheckReport report,
                 maildrop::log::check_maildrop(disk::posix_disk(), root, account, pace));
    std::uint64_t damaged = 0;
    for (const Finding& finding : report.findings) {
      if (finding.in_tail) continue;  // A crash's, not rot: the next opening sees to it.
      ++damaged;
      spdlog::error("maildrop damage account={} offset={} what={}", for_log(account),
                    finding.offset, for_log(finding.what));
    }
    return damaged;
  };
}

}  // namespace restante::server
