// XFORWARD, Postfix's extension: an MTA that we trust says where it has a mail from, and under
// which name its own log has it (https://www.postfix.org/XFORWARD_README.html). It is for the log
// alone: nothing is allowed or refused by it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::smtp {

/// Empty: not said, or not known. Values are what the peer says, any octets in them: to be quoted.
struct Forwarded {
  std::string name;      ///< Of the client.
  std::string address;   ///< Its IP address.
  std::string port;      ///< Its port.
  std::string protocol;  ///< "ESMTP", …
  std::string helo;      ///< What it called itself.
  std::string ident;     ///< The mail's queue id at the peer.
  std::string source;    ///< "LOCAL" or "REMOTE".
};

/// Takes "NAME=value ADDR=value …" into `forwarded`: values are xtext (RFC 3461 s.4), a later one
/// replaces an earlier one. False: malformed, or a name that is not known; then nothing has
/// changed.
bool read_forwarded(std::string_view argument, Forwarded& forwarded);

}  // namespace restante::smtp
