// A login at the POP3 server where an account lives: connected, told of the client, with TLS unless
// it is this machine, and logged in with the password that the client gave. A doubtful answer is
// never taken as a wrong password.
#pragma once

#include <memory>
#include <string>

#include "net/asio.h"
#include "net/connection.h"
#include "pop3/server_session.h"
#include "server/common/session_context.h"
#include "server/elsewhere/homes.h"

namespace restante::server {

/// Either a connection that is logged in, or why not.
struct FarSession {
  std::unique_ptr<net::Connection> connection;  ///< Null: failed.
  pop3::LoginFailure failure = pop3::LoginFailure::kTemporary;
  std::string reason{};  ///< For the log.
};

/// The name and the password for the login.
struct FarCredentials {
  std::string name;
  SecretString password;
  bool utf8 = false;
};

/// Within limits of its own, and counted by `server`, which outlives the coroutine, as does
/// `context`.
net::Task<FarSession> log_in_at(SessionContext& context, FarServer& server,
                                FarCredentials credentials);

}  // namespace restante::server
