// The facts of the page, from the server as it is.
#pragma once

#include "server/common/session_context.h"
#include "server/page/facts.h"

namespace restante::server::page {

/// Blocks for the disk: reads the history. What cannot be read is said in the facts.
PageFacts gather(const SessionContext& context, Range range);

}  // namespace restante::server::page
