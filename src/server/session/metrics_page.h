// The page GET /metrics: the plain counters (common/metrics.h), what is counted by labels
// (measures/measures.h), other servers (elsewhere/homes.h), and the process itself.
#pragma once

#include <string>

#include "server/common/session_context.h"
#include "server/measures/exposition.h"

namespace restante::server {

std::string metrics_page(const Services& services, ExpositionFormat format);

}  // namespace restante::server
