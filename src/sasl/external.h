// SASL EXTERNAL (RFC 4422 A): the client has proved who it is below us, by its TLS certificate; all
// it says is whom it wants to act as, or nothing.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class ExternalServer final : public ServerMechanism {
 public:
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
};

}  // namespace restante::sasl
