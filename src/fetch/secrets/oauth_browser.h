// A login at an issuer in a browser of this machine: authorization code with PKCE (RFC 7636), sent
// back to a port of 127.0.0.1 that is open for it alone (RFC 8252 s.7.3).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dial/stop_signal.h"
#include "fetch/secrets/oauth_store.h"
#include "profile/profile.h"

namespace restante::fetch {

/// `hint`: the login name, so that the user need not choose. `show` is given the address to open;
/// it returns soon. Blocks for ten minutes at most. Errors: kAuth (refused), kTimeout, kState (stop
/// was raised), kIo, kSyntax, and as post_form() says.
Result<Tokens> log_in_by_browser(const profile::Issuer& issuer, const std::string& hint,
                                 const std::function<void(const std::string& address)>& show,
                                 const net::StopSignal& stop);

/// The same with a browser of any machine: the user brings the address that the login ended at, or
/// the code in it, as a line on `input`. Errors: the same; kClosed (the input ended).
Result<Tokens> log_in_by_paste(const profile::Issuer& issuer, const std::string& hint,
                               const std::function<void(const std::string& address)>& show,
                               int input, const net::StopSignal& stop);

/// What a browser brings back: the request's first line, taken apart. Empty where it is absent.
struct Callback {
  std::string code;
  std::string state;
  std::string error;
};
Callback parse_callback(std::string_view request_line);
/// The same from what was pasted: an address, or a bare code.
Callback parse_pasted(std::string_view text);

/// Of a PKCE verifier: base64url(SHA-256(verifier)) (RFC 7636 s.4.2).
std::string pkce_challenge(std::string_view verifier);

}  // namespace restante::fetch
