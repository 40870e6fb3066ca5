// What an owner is told when mail has waited for a copy's target for days.
#pragma once

#include <string>

#include "accounts/copy.h"
#include "base/clock.h"
#include "maildrop/store.h"

namespace restante::server {

struct CopyLateness {
  std::string called;  ///< The account, as its owner knows it.
  const accounts::Copy& copy;
  std::size_t waiting = 0;
  std::string reason;  ///< In the target's words; empty: it has said nothing.
};

/// Puts the notice into the owner's maildrop, past its quota. Errors: as Store::deliver.
Status tell_copy_owner(maildrop::Store& store, const std::string& account, const CopyLateness& late,
                       WallTime now);

}  // namespace restante::server
