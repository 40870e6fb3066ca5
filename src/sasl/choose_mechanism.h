// Which way a client logs in: the best that it has the credentials for, that the server offers and
// that the channel allows. A password or a token in clear never goes over a channel that others can
// read, even when the server offers it there.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "sasl/mechanism.h"

namespace restante::sasl {

/// The names of a CAPA or AUTH list; unknown ones are left out.
MechanismSet parse_mechanism_names(std::string_view names);

/// Errors: kNotFound (nothing fits; the detail says what the user can do).
Result<MechanismId> choose_mechanism(const ClientSituation& situation);

/// A mechanism that choose_mechanism() has chosen; no command.
std::unique_ptr<ClientMechanism> make_client_mechanism(MechanismId id,
                                                       const ClientSituation& situation,
                                                       ClientCredentials credentials);

}  // namespace restante::sasl
