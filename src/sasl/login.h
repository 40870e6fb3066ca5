// SASL LOGIN: two prompts, name and password. No RFC describes it; it is here because Outlook and
// old programs know nothing else. The server takes an initial response as the name, as some clients
// send it; the client answers prompts of any words. The password goes in clear: only for a channel
// that no third party reads.
#pragma once

#include <cstdint>

#include "sasl/mechanism.h"

namespace restante::sasl {

class LoginServer final : public ServerMechanism {
 public:
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;

 private:
  std::optional<std::string> name_;
};

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
