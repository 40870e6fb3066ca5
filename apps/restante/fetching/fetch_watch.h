// restante fetch --watch: every account at its own interval, until stopped. An account that fails
// is tried less often; a configuration that changes is taken up, one with mistakes is not.
#pragma once

#include <string>

#include "restante/fetching/fetch_run.h"
#include "restante/frame/command.h"

namespace restante::cli {

/// Until stop_on_signals(); kOk then.
Exit watch(const Context& context, const FetchOptions& options);

}  // namespace restante::cli
