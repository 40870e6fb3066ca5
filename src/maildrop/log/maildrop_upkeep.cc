// Retention, reclaiming and repair: the parts of Maildrop that change what is kept.
#include "maildrop/log/maildrop.h"

namespace restante::maildrop::log {

Result<UpkeepReport> Maildrop::upkeep(const UpkeepPolicy&, const Pace&) { return UpkeepReport{}; }

Result<RepairReport> Maildrop::repair(const Pace&) { return Error(Errc::kState, "not there"); }

}  // namespace restante::maildrop::log
