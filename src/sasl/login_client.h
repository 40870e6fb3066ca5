// SASL LOGIN, client side: the password in clear, name and password as answers to two prompts,
// whose words servers choose as they like. Only for a channel that nobody reads.
#pragma once

#include <cstdint>

#include "sasl/client_mechanism.h"

namespace restante::sasl {

class LoginClient final : public ClientMechanism {
 public:
  explicit LoginClient(ClientCredentials credentials) : credentials_(std::move(credentials)) {}

  Result<std::optional<SecretString>> start() override;
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return await_ == Await::kNothing; }

 private:
  ClientCredentials credentials_;
  enum class Await : std::uint8_t { kNamePrompt, kPasswordPrompt, kNothing, kFailed };
  Await await_ = Await::kNamePrompt;
};

}  // namespace restante::sasl
