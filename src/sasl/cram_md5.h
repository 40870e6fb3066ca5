// SASL CRAM-MD5 (RFC 2195): the client answers a challenge with its name and the HMAC-MD5 of the
// challenge under its password. The server needs the password in the clear for that, nothing slows
// a guess down, and nothing proves the server: only for peers that know nothing better.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class CramMd5Server final : public ServerMechanism {
 public:
  explicit CramMd5Server(const ExchangeContext& context) : challenge_(context.unique_text) {}

  /// The server speaks first: an initial response is an error (RFC 2195 s.2).
  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;

 private:
  std::string challenge_;
};

class CramMd5Client final : public ClientMechanism {
 public:
  explicit CramMd5Client(ClientCredentials credentials) : credentials_(std::move(credentials)) {}

  Result<std::optional<SecretString>> start() override;
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return finished_; }

 private:
  ClientCredentials credentials_;
  bool started_ = false;
  bool finished_ = false;
};

}  // namespace restante::sasl
