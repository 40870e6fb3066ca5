// SASL mechanisms as state machines, one interface for each side (RFC 4422). Sans-IO: they see
// decoded messages. How a message is carried ("=" for an empty initial response, "*" for cancel,
// base64, line limits) is the protocol's business.
//
// Server side: the driver alone knows the accounts, judges passwords and tokens, and names the
// owner of a certificate; the alternatives of Step ask it. No mechanism may tell a peer, by its
// words or its time, why it refused.
//
// Client side: a mechanism that answers with an Error is of no more use, and the caller cancels the
// exchange. finished() tells that the server has proved itself as the mechanism demands: a +OK
// before that is not believed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "sasl/mechanism_table.h"
#include "sasl/scram_keys.h"

namespace restante::sasl {

/// What ties an exchange to the TLS channel below it (RFC 5056): both ends know it, and an attacker
/// in the middle with a channel to each cannot have the same on both.
struct ChannelBinding {
  std::string type;  ///< "tls-exporter" (RFC 9266) or "tls-unique" (RFC 5929).
  std::string data;
};

/// Send these bytes to the client and pass its answer to respond().
struct Challenge {
  std::string bytes;
};

/// The exchange is over when these are right. `authorization` is the authzid; empty: as `name`.
struct Credentials {
  std::string name;
  std::string authorization;
  SecretString password;
};

/// Pass the keys of this account to keys(); made-up ones when there are none.
struct KeysWanted {
  Hash hash{};
  std::string name;
};
/// The client has proved that it knows the password whose keys it was given: the exchange is over
/// when that account may log in.
struct Proven {
  std::string name;
  std::string authorization;
};
/// The client has proved that it does not: the exchange is over as for a wrong password.
struct Disproven {
  std::string name;
};

/// The exchange is over when the token is good for `name` (empty: it says so itself); when it is
/// not, and the client shall hear that, ask refused().
struct Token {
  std::string name;
  SecretString token;
};

/// The exchange is over when the client's certificate may act as `authorization`; empty: as the one
/// it names.
struct External {
  std::string authorization;
};

/// The exchange is over when `digest` is what `name`'s password makes of `challenge`.
struct Digest {
  std::string name;
  std::string challenge;
  std::string digest;
};

/// Error: the exchange broke its own rules, and the mechanism is of no more use (kSyntax, kLimit,
/// kState), or a token was refused and the client has heard why (kAuth).
using Step = std::variant<Challenge, Credentials, KeysWanted, Proven, Disproven, Token, External,
                          Digest, Error>;

/// What a mechanism has to know of the connection and of this exchange.
struct ExchangeContext {
  std::vector<ChannelBinding> bindings;  ///< Of the channel; none: it has none.
  bool binding_offered = false;          ///< A mechanism with channel binding was announced.
  std::string unique_text;               ///< "<unique@host>", for challenges (RFC 2195 s.2).
};

/// One exchange. Used by one thread at a time.
class ServerMechanism {
 public:
  virtual ~ServerMechanism() = default;
  /// `initial` is the client's initial response, which may be empty; std::nullopt: it sent none.
  virtual Step start(std::optional<std::string_view> initial) = 0;
  /// The answer to the last challenge.
  virtual Step respond(std::string_view response) = 0;
  /// The answer to KeysWanted; `nonce` is fresh, see make_nonce().
  virtual Step keys(const ScramKeys& /*keys*/, std::string_view /*nonce*/) {
    return Error(Errc::kState, "keys unasked");
  }
  /// The answer to Token when it is not good: what the client is told, or an Error.
  virtual Step refused() { return Error(Errc::kAuth, "refused"); }
};

/// Who logs in, and with what.
struct ClientCredentials {
  std::string name;           ///< UTF-8.
  std::string authorization;  ///< Whom to act as; empty: as `name`.
  SecretString secret;        ///< A password or a token; unused by EXTERNAL.
};

/// Where the client went: part of OAUTHBEARER's message.
struct BearerService {
  std::string host;
  std::uint16_t port = 0;
};

/// What a client knows before it logs in.
struct ClientSituation {
  MechanismSet offered;  ///< APOP: when the greeting has a timestamp.
  CredentialKind kind = CredentialKind::kPassword;
  bool is_private = false;               ///< TLS with a verified server, or no network at all.
  std::vector<ChannelBinding> bindings;  ///< Of the channel, the preferred first.
  bool old_digests = false;              ///< The user wants CRAM-MD5 or APOP, rather than PLAIN.
  BearerService service;
};

/// One exchange. Used by one thread at a time; start() is called first, and once.
class ClientMechanism {
 public:
  virtual ~ClientMechanism() = default;
  /// The initial response, which may be empty; nullopt: the server speaks first. When the protocol
  /// has no room for one with the command, it answers an empty challenge. Errors: kSyntax, kLimit
  /// (the credentials cannot be said in this mechanism).
  virtual Result<std::optional<SecretString>> start() = 0;
  /// The answer to a challenge. Errors: kSyntax, kLimit, kState (the challenge breaks the rules),
  /// kAuth (the server is not who it should be, or has refused).
  virtual Result<SecretString> respond(std::string_view challenge) = 0;
  /// We have said all there is to say, and the server has proved what this mechanism makes it
  /// prove.
  [[nodiscard]] virtual bool finished() const = 0;
};

}  // namespace restante::sasl
