// SASL PLAIN (RFC 4616), client side: the password in clear. Only for a channel that nobody reads.
#pragma once

#include "sasl/client_mechanism.h"

namespace restante::sasl {

class PlainClient final : public ClientMechanism {
 public:
  explicit PlainClient(ClientCredentials credentials) : credentials_(std::move(credentials)) {}

  Result<std::optional<SecretString>> start() override;
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return finished_; }

 private:
  ClientCredentials credentials_;
  bool finished_ = false;
};

}  // namespace restante::sasl
