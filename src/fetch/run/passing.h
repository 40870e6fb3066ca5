// Mail that only passes through (`keep_in_archive = false`): it leaves the archive when every
// target has it. Private to the collector.
#pragma once

#include <string>
#include <vector>

#include "fetch/hand_on/hand_on_queue.h"
#include "fetch/run/run.h"

namespace restante::fetch {

/// Removes what came while the account was set so, and nothing else, and says how much it was.
/// Errors: kBusy, kFull, kIo, kAuth.
Status remove_passed(Run& run, HandOnQueue& queue, const std::vector<std::string>& destinations);

}  // namespace restante::fetch
