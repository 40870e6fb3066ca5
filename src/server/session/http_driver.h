// The http listener: GET /metrics (Prometheus text), GET /status and GET /health, for the
// operator's network only; and the pages of autoconfig, for everybody. No state, one answer a
// connection.
#pragma once

#include "server/common/driver.h"
#include "server/common/session_context.h"

namespace restante::server {

class HttpDriver : public Driver {
 public:
  /// `context` outlives the driver.
  explicit HttpDriver(SessionContext& context) : context_(context) {}

  net::Task<Status> run() override;

 private:
  SessionContext& context_;
};

}  // namespace restante::server
