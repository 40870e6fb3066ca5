#include "sasl/login_client.h"

#include "sasl/credential_limits.h"

namespace restante::sasl {

Result<std::optional<SecretString>> LoginClient::start() {
  if (!credentials_.authorization.empty())
    return Error(Errc::kSyntax, "LOGIN cannot act as somebody else");
  RESTANTE_CHECKED(check_name(credentials_.name));
  RESTANTE_CHECKED(check_password(credentials_.secret));
  return std::optional<SecretString>();
}

Result<SecretString> LoginClient::respond(std::string_view /*challenge*/) {
  switch (await_) {
    case Await::kNamePrompt:
      await_ = Await::kPasswordPrompt;
      return SecretString(credentials_.name);
    case Await::kPasswordPrompt: await_ = Await::kNothing; return std::move(credentials_.secret);
    case Await::kNothing:
    case Await::kFailed: break;
  }
  await_ = Await::kFailed;
  return Error(Errc::kSyntax, "LOGIN goes on behind its end");
}

}  // namespace restante::sasl
