#include "sasl/external.h"

#include "base/ascii.h"
#include "sasl/credential_limits.h"

namespace restante::sasl {

Step ExternalServer::start(std::optional<std::string_view> initial) {
  if (!initial) return Challenge{};
  return respond(*initial);
}

Step ExternalServer::respond(std::string_view response) {
  // No name: the certificate's own is meant.
  if (response.empty()) return External{};
  if (!is_utf8(response)) return Error(Errc::kSyntax, "EXTERNAL is not UTF-8");
  if (Status fits = check_name(response); !fits) return std::move(fits).error();
  return External{std::string(response)};
}

Result<std::optional<SecretString>> ExternalClient::start() {
  if (!authorization_.empty()) {
    if (!is_utf8(authorization_)) return Error(Errc::kSyntax, "EXTERNAL is not UTF-8");
    RESTANTE_CHECKED(check_name(authorization_));
  }
  finished_ = true;
  return std::optional<SecretString>(SecretString(authorization_));
}

Result<SecretString> ExternalClient::respond(std::string_view /*challenge*/) {
  finished_ = false;
  return Error(Errc::kSyntax, "EXTERNAL goes on behind its end");
}

}  // namespace restante::sasl
