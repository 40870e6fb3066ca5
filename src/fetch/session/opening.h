// From an account to a server that is ready for a login: connect, TLS as the account wants it, the
// greeting, CAPA. An account that asks for STLS gets it or no session, also where the server does
// not offer it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dial/stop_signal.h"
#include "fetch/session/dialogue.h"
#include "fetch/session/way.h"
#include "pop3/client_capabilities.h"
#include "profile/profile.h"

namespace restante::fetch {

struct Opening {
  std::unique_ptr<Dialogue> dialogue;
  std::string greeting;             ///< Behind "+OK".
  pop3::Capabilities before_tls;    ///< Only with STLS; to be shown, not to be believed.
  pop3::Capabilities capabilities;  ///< Of the channel as it is now.
};

/// How it goes about that.
struct OpeningRules {
  bool asks_capa = true;  ///< False: for a server that dies of it.
  Way way{};
};

/// Of several addresses, one that takes the connection and says nothing is passed over. Errors:
/// those of Dialogue, and kNotFound (no such host), kBusy and kIo (turned away), kAuth (the
/// certificate; no STLS where it has to be).
Result<Opening> open_connection(const profile::Account& account, const net::StopSignal& stop,
                                const Trace& trace, const OpeningRules& rules = {});

/// The server has said nothing, or has gone.
constexpr bool is_silence(Errc code) {
  return code == Errc::kTimeout || code == Errc::kClosed || code == Errc::kIo;
}
/// So ends the detail of an Error that came while CAPA was asked.
inline constexpr std::string_view kAtCapa = " (at CAPA)";

/// CAPA; `known` is false in what it gives when the server does not know the command. Errors: those
/// of Dialogue.
Result<pop3::Capabilities> ask_capabilities(Dialogue& dialogue);

}  // namespace restante::fetch
