// The status listener: GET /metrics (Prometheus text), GET /status and GET /health. No state, one
// answer a connection; for the operator's network only.
#pragma once

#include "net/asio.h"
#include "server/session_context.h"

namespace restante::server {

/// `context` outlives the coroutine.
net::Task<Status> run_http(SessionContext& context);

}  // namespace restante::server
