// Copies for another account of this server: its maildrop is delivered to, and nothing is sent.
// Each message gets a unique id that follows from the one that it has, so that the second try of a
// killed server makes no second message.
#pragma once

#include <memory>
#include <string>

#include "server/common/services.h"
#include "server/copies/copy_session.h"

namespace restante::server {

/// `services` outlives it. `address`: the account's, or an alias's.
std::unique_ptr<CopySession> make_account_session(Services& services, SettingsPtr settings,
                                                  const std::string& address);

}  // namespace restante::server
