// Where the account of a login lives, found out before its password is looked at: only the server
// of an account that is elsewhere may see its password.
#pragma once

#include <optional>
#include <string>

#include "net/asio.h"
#include "pop3/server_session.h"
#include "server/common/session_context.h"
#include "server/elsewhere/homes.h"

namespace restante::server {

/// An account that is elsewhere.
struct Whereabouts {
  Home home;
  std::string name;                            ///< Canonical, as it is called there.
  std::optional<accounts::Account> account{};  ///< nullopt: only the domain's route knows of it.
  bool comes_over = false;                     ///< Its mail is to come here, or is coming.
};

/// nullopt: it is here, or unknown. Waits where the directory is slow. Errors: kIo (the directory
/// cannot say), kState (its route is not configured), kAuth (it may not log in). The references
/// outlive the coroutine.
net::Task<Result<std::optional<Whereabouts>>> find_whereabouts(
    SessionContext& context, const pop3::Credentials& credentials);

}  // namespace restante::server
