// The outgoing process itself: looks names up, connects, and hands the sockets to the server. Two
// processes: one that does nothing but start the other again when it has ended, and the other, in a
// sandbox of its own, that connects. Neither has a secret, a mail or a listener of the server.
#pragma once

#include <vector>

#include "process/privileges.h"
#include "server/outgoing/far_place.h"

namespace restante::server {

struct ConnectorPlan {
  std::vector<FarPlace> places;  ///< Where it may connect.
  process::Identity user;        ///< The user that the process becomes.
  bool sandbox = true;
};

/// In a process of its own, made for it: answers questions on each of `channels`, one at a time on
/// each, until the server closes them. Never returns.
[[noreturn]] void run_outgoing(const ConnectorPlan& plan, const std::vector<int>& channels);

}  // namespace restante::server
