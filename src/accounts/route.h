// Where the mail of an account really is: another server, to which its logins and its mail are
// passed on. A value; its form is checked where it is given (admin.h), its use is the server's.
#pragma once

#include <string>
#include <string_view>

namespace restante::accounts {

/// Begins Route::pop3 of an account whose mail is on its way here from there: no login succeeds
/// before all of it has come. Route::lmtp says where new mail goes meanwhile.
inline constexpr std::string_view kMovingFrom = "moving from ";

struct Route {
  /// "pop3s://host:port", "pop3://host:port"; "here": here, though its domain has a route; or one
  /// of the first two behind kMovingFrom.
  std::string pop3;
  std::string lmtp{};  ///< "host:port" for its mail; empty: mail is kept here.
  bool operator==(const Route&) const = default;
};

}  // namespace restante::accounts
