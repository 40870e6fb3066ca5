// The unique ids of a maildrop, for plan.h.
#pragma once

#include <string>

#include "maildrop/store.h"
#include "migrate/moving/plan.h"

namespace restante::migrate {

/// Errors: as Store::list_each().
inline Result<KnownUids> known_uids(maildrop::Store& store, const std::string& account) {
  KnownUids known;
  RESTANTE_CHECKED(store.list_each(
      account, maildrop::View::kDefault,
      [&](maildrop::Store::Entry&& entry) { known.emplace(std::move(entry.uid), entry.deleted); }));
  return known;
}

}  // namespace restante::migrate
