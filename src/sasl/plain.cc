#include "sasl/plain.h"

#include "base/ascii.h"
#include "sasl/credential_limits.h"

namespace restante::sasl {

Step PlainServer::start(std::optional<std::string_view> initial) {
  if (!initial) return Challenge{};
  return respond(*initial);
}

Step PlainServer::respond(std::string_view response) {
  // The first two NULs separate: a name must not reach into the password, or the password into it.
  const std::size_t first = response.find('\0');
  if (first == std::string_view::npos) return Error(Errc::kSyntax, "PLAIN without NUL");
  const std::size_t second = response.find('\0', first + 1);
  if (second == std::string_view::npos) return Error(Errc::kSyntax, "PLAIN with one NUL");
  const std::string_view authorization = response.substr(0, first);
  const std::string_view name = response.substr(first + 1, second - first - 1);
  const std::string_view password = response.substr(second + 1);
  if (password.find('\0') != std::string_view::npos)
    return Error(Errc::kSyntax, "PLAIN with three NULs");
  // As a whole, so that no part can begin in the middle of a character.
  if (!is_utf8(response)) return Error(Errc::kSyntax, "PLAIN is not UTF-8");
  if (!authorization.empty())
    if (Status fits = check_name(authorization); !fits) return std::move(fits).error();
  if (Status fits = check_name(name); !fits) return std::move(fits).error();
  if (Status fits = check_password(password); !fits) return std::move(fits).error();
  return Credentials{std::string(name), std::string(authorization), SecretString(password)};
}

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
  // RFC 4616 s.2 has UTF-8 alone, and what a server made of other octets would be another password.
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
