// Where the mail of an account really is: another server, to which its logins and its mail are
// passed on. A value; its form is checked where it is given (admin.h), its use is the server's.
#pragma once

#include <string>

namespace restante::accounts {

struct Route {
  /// "pop3s://host:port", "pop3://host:port"; "here": here, though its domain has a route.
  std::string pop3;
  std::string lmtp{};  ///< "host:port" for its mail; empty: mail is kept here.
  bool operator==(const Route&) const = default;
};

}  // namespace restante::accounts
