// OAUTHBEARER (RFC 7628) and XOAUTH2, client side: a token that somebody else issued, in clear. A
// server that refuses it says why in one more challenge, and says -ERR when that is answered.
#pragma once

#include <cstdint>

#include "sasl/bearer_messages.h"
#include "sasl/client_mechanism.h"

namespace restante::sasl {

class BearerClient final : public ClientMechanism {
 public:
  enum class Dialect : std::uint8_t { kOauthBearer, kXoauth2 };
  /// `service` is where the client is connected to. XOAUTH2 needs a name.
  BearerClient(Dialect dialect, ClientCredentials credentials, BearerService service)
      : dialect_(dialect), credentials_(std::move(credentials)), service_(std::move(service)) {}

  Result<std::optional<SecretString>> start() override;
  /// What answers the refusal (RFC 7628 s.3.2.3).
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return state_ == State::kSent; }
  /// The server's reason, as it came from there, 1 KiB of it at most; empty: none yet.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  enum class State : std::uint8_t { kNew, kSent, kRefused };
  const Dialect dialect_;
  ClientCredentials credentials_;
  const BearerService service_;
  State state_ = State::kNew;
  std::string refusal_;
};

}  // namespace restante::sasl
