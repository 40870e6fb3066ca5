// SASL EXTERNAL (RFC 4422 A), client side: the certificate has said who we are; all that is left to
// say is whom to act as, or nothing.
#pragma once

#include "sasl/client_mechanism.h"

namespace restante::sasl {

class ExternalClient final : public ClientMechanism {
 public:
  explicit ExternalClient(std::string authorization) : authorization_(std::move(authorization)) {}

  Result<std::optional<SecretString>> start() override;
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return finished_; }

 private:
  std::string authorization_;
  bool finished_ = false;
};

}  // namespace restante::sasl
