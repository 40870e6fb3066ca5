// What an acceptor runs for each connection: one session of any protocol.
#pragma once

#include "base/result.h"
#include "net/asio.h"

namespace restante::server {

class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  /// Runs the session to its end and logs it. ok() after QUIT; otherwise why it ended early. The
  /// driver outlives the coroutine.
  virtual net::Task<Status> run() = 0;
};

}  // namespace restante::server
