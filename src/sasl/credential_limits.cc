#include "sasl/credential_limits.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"

namespace restante::sasl {

Status check_name(std::string_view name) {
  if (name.empty()) return Error(Errc::kSyntax, "empty name");
  // A bound on what is hashed, looked up and written to a log for a client that nothing is known
  // of.
  if (name.size() > limits::kUserNameBytesMax) return Error(Errc::kLimit, "name too long");
  // A name goes into logs and into queries of directories.
  if (std::any_of(name.begin(), name.end(), is_control))
    return Error(Errc::kSyntax, "control character in name");
  return ok();
}

Status check_password(std::string_view password) {
  // An LDAP bind with an empty password may succeed without a look at it (RFC 4513 s.5.1.2).
  if (password.empty()) return Error(Errc::kSyntax, "empty password");
  if (password.size() > limits::kPasswordBytesMax) return Error(Errc::kLimit, "password too long");
  // PLAIN separates its parts by NUL, and crypt(3) would take the password to end there.
  if (password.find('\0') != std::string_view::npos) return Error(Errc::kSyntax, "NUL in password");
  return ok();
}

}  // namespace restante::sasl
