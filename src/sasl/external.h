// SASL EXTERNAL (RFC 4422 A): the TLS certificate below has proved the client; the one message says
// the account to act as, or nothing.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class ExternalServer final : public ServerMechanism {
 public:
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
};

class ExternalClient final : public ClientMechanism {
 public:
  explicit ExternalClient(ClientCredentials credentials)
      : authorization_(std::move(credentials.authorization)) {}

  Result<std::optional<SecretString>> start() override;
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return finished_; }

 private:
  std::string authorization_;
  bool finished_ = false;
};

}  // namespace restante::sasl
