// SASL CRAM-MD5 (RFC 2195), client side: a digest instead of the password, which nothing salts and
// nothing slows down; and the server proves nothing. Only for servers that know nothing better.
#pragma once

#include "sasl/client_mechanism.h"

namespace restante::sasl {

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
