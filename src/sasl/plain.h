// SASL PLAIN (RFC 4616): one message, [authzid] NUL authcid NUL password, all of it UTF-8.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class PlainServer final : public ServerMechanism {
 public:
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
};

}  // namespace restante::sasl
