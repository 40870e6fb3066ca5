#include "sasl/login.h"

#include "sasl/credential_limits.h"

namespace restante::sasl {

Step LoginServer::start(std::optional<std::string_view> initial) {
  if (!initial || initial->empty()) return Challenge{"Username:"};
  return respond(*initial);
}

Step LoginServer::respond(std::string_view response) {
  if (!name_) {
    if (Status fits = check_name(response); !fits) return std::move(fits).error();
    name_ = response;
    return Challenge{"Password:"};
  }
  if (Status fits = check_password(response); !fits) return std::move(fits).error();
  return Credentials{*std::move(name_), {}, SecretString(response)};
}

}  // namespace restante::sasl
