// SASL PLAIN (RFC 4616): one message, [authzid] NUL authcid NUL password, all of it UTF-8. The
// password goes in clear: only for a channel that no third party reads.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class PlainServer final : public ServerMechanism {
 public:
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
};

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
