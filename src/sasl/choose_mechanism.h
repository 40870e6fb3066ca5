// Which way a client logs in: the best that it has the credentials for, that the server offers and
// that the channel allows. A password or a token in clear never goes over a channel that others can
// read, whatever the server offers there.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "sasl/bearer.h"
#include "sasl/mechanism.h"

namespace restante::sasl {

enum class CredentialKind : std::uint8_t { kPassword, kToken, kCertificate };

/// What a client knows before it logs in.
struct ClientSituation {
  MechanismSet offered;
  bool apop_offered = false;
  CredentialKind kind = CredentialKind::kPassword;
  bool is_private = false;               ///< TLS with a verified server, or no network at all.
  std::vector<ChannelBinding> bindings;  ///< Of the channel, the preferred first.
  bool old_digests = false;              ///< The user wants CRAM-MD5 or APOP, rather than PLAIN.
  BearerService service;
};

struct Apop {
  bool operator==(const Apop&) const = default;
};
using LoginMethod = std::variant<MechanismId, Apop>;

/// The names of a CAPA or AUTH list; unknown ones are left out.
MechanismSet parse_mechanism_names(std::string_view names);

/// Errors: kNotFound (nothing fits; the detail says what the user can do).
Result<LoginMethod> choose_mechanism(const ClientSituation& situation);

/// A mechanism that choose_mechanism() has chosen.
std::unique_ptr<ClientMechanism> make_client_mechanism(MechanismId id,
                                                       const ClientSituation& situation,
                                                       ClientCredentials credentials);

}  // namespace restante::sasl
