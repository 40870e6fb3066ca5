// OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's, older, of the same kind): the client shows a token
// that somebody else issued. When it is not good the client gets a JSON text that says so, answers
// that with next to nothing, and only then hears -ERR.
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class BearerServer final : public ServerMechanism {
 public:
  enum class Dialect : std::uint8_t { kOauthBearer, kXoauth2 };
  explicit BearerServer(Dialect dialect) : dialect_(dialect) {}

  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
  Step refused() override;

 private:
  const Dialect dialect_;
  bool told_why_ = false;
};

}  // namespace restante::sasl
