// Many files made durable at the same time: a file system's journal takes all that waits for it in
// one step, so that a hundred syncs together cost little more than a few.
#pragma once

#include <span>

#include "archive/mailbox/incoming.h"
#include "base/result.h"

namespace restante::archive {

/// Incoming::sync() of each, on a few threads. All of them are tried; the first Error that came.
Status sync_together(std::span<Incoming* const> batch);

}  // namespace restante::archive
