// A login at an issuer on any other device (RFC 8628): we show an address and a code, and ask until
// the user has typed it there.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "dial/stop_signal.h"
#include "fetch/secrets/oauth_store.h"
#include "profile/profile.h"

namespace restante::fetch {

struct DeviceInvitation {
  std::string address;        ///< Where to go.
  std::string code;           ///< What to type there.
  std::string whole_address;  ///< With the code in it; may be empty.
};

/// Blocks until the login is done, refused, or the code has run out. Errors: kAuth (refused or run
/// out), kState (stop was raised), kSyntax, and as post_form() says.
Result<Tokens> log_in_by_device(const profile::Issuer& issuer,
                                const std::function<void(const DeviceInvitation&)>& show,
                                const net::StopSignal& stop);

}  // namespace restante::fetch
