// One connection at the control socket: a line comes, a line goes, and it ends. Each step has a
// bound, so that a peer that is slow, silent or hostile holds up nothing but itself.
#pragma once

#include "net/blocking_pool.h"
#include "net/connection.h"
#include "server/control/desk.h"

namespace restante::control {

/// From the connection to its whole request.
inline constexpr auto kRequestTime = std::chrono::seconds(10);
/// For a peer to take its answer.
inline constexpr auto kAnswerTime = std::chrono::seconds(30);
/// And to hang up, when it has it.
inline constexpr auto kGoodbyeTime = std::chrono::seconds(3);

/// What the references name outlives the coroutine. `waiting`: for what waits.
net::Task<void> serve(net::Connection& connection, Peer peer, Desk& desk,
                      net::BlockingPool& waiting);

}  // namespace restante::control
