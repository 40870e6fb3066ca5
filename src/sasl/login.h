// SASL LOGIN: two prompts, name and password. No RFC describes it; it is here because Outlook and
// old programs know nothing else. An initial response is taken as the name, as some clients send
// it.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class LoginServer final : public ServerMechanism {
 public:
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;

 private:
  std::optional<std::string> name_;
};

}  // namespace restante::sasl
