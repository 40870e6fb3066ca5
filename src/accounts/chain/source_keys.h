// The keys of one back end, as [accounts] and [[accounts.next]] have them.
#pragma once

#include "accounts/chain/settings.h"

namespace restante::accounts {

const config::Keys<BackendSettings>& source_keys();

/// The word of accounts.backend.
std::string_view word_of(Backend backend);

}  // namespace restante::accounts
