#include "sasl/plain_client.h"

#include "base/ascii.h"
#include "sasl/credential_limits.h"

namespace restante::sasl {

Result<std::optional<SecretString>> PlainClient::start() {
  const auto& [name, authorization, password] = credentials_;
  RESTANTE_CHECKED(check_name(name));
  if (!authorization.empty()) RESTANTE_CHECKED(check_name(authorization));
  RESTANTE_CHECKED(check_password(password));
  std::string message = authorization;
  message += '\0';
  message += name;
  message += '\0';
  append_secret(message, password);
  SecretString out(message);
  const bool sayable = is_utf8(message);
  wipe(message);
  if (!sayable) return Error(Errc::kSyntax, "name or password is not UTF-8");
  finished_ = true;
  return std::optional<SecretString>(std::move(out));
}

Result<SecretString> PlainClient::respond(std::string_view /*challenge*/) {
  finished_ = false;
  return Error(Errc::kSyntax, "PLAIN goes on behind its end");
}

}  // namespace restante::sasl
