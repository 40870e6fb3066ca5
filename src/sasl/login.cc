#include "sasl/login.h"

#include "sasl/credential_limits.h"

namespace restante::sasl {

Step LoginServer::start(std::optional<std::string_view> initial) {
  // LOGIN has no RFC; these are the words of its draft, by which clients know the two prompts.
  if (!initial || initial->empty()) return Challenge{"Username:"};
  return respond(*initial);
}

Step LoginServer::respond(std::string_view response) {
  // Some clients send the name with the first line, others wait to be asked.
  if (!name_) {
    if (Status fits = check_name(response); !fits) return std::move(fits).error();
    name_ = response;
    return Challenge{"Password:"};
  }
  if (Status fits = check_password(response); !fits) return std::move(fits).error();
  return Credentials{*std::move(name_), {}, SecretString(response)};
}

Result<std::optional<SecretString>> LoginClient::start() {
  if (!credentials_.authorization.empty())
    return Error(Errc::kSyntax, "LOGIN cannot act as another user");
  RESTANTE_CHECKED(check_name(credentials_.name));
  RESTANTE_CHECKED(check_password(credentials_.secret));
  return std::optional<SecretString>();
}

// What the prompts say differs from server to server; their order does not.
Result<SecretString> LoginClient::respond(std::string_view /*challenge*/) {
  switch (await_) {
    case Await::kNamePrompt:
      await_ = Await::kPasswordPrompt;
      return SecretString(credentials_.name);
    // The secret is given up with the answer, so that a server that asks again gets nothing.
    case Await::kPasswordPrompt: await_ = Await::kNothing; return std::move(credentials_.secret);
    case Await::kNothing:
    case Await::kFailed: break;
  }
  await_ = Await::kFailed;
  return Error(Errc::kSyntax, "LOGIN goes on behind its end");
}

}  // namespace restante::sasl
