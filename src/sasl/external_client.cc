#include "sasl/external_client.h"

#include "base/ascii.h"
#include "sasl/credential_limits.h"

namespace restante::sasl {

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
