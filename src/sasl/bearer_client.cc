#include "sasl/bearer_client.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::sasl {
namespace {

constexpr std::size_t kRefusalBytesMax = 1024;

}  // namespace

Result<std::optional<SecretString>> BearerClient::start() {
  if (!credentials_.authorization.empty() && credentials_.authorization != credentials_.name)
    return Error(Errc::kSyntax, "a token cannot act as somebody else");
  if (std::any_of(service_.host.begin(), service_.host.end(), is_control))
    return Error(Errc::kSyntax, "control character in the server's name");
  const BearerMessage message{credentials_.name, std::move(credentials_.secret)};
  const bool old = dialect_ == Dialect::kXoauth2;
  std::string text = old ? format_xoauth2(message) : format_oauth_bearer(message, service_);
  SecretString out(text);
  wipe(text);
  // What a server could not take apart is not sent: a token with a line break at its end.
  const auto understood = old ? parse_xoauth2(out) : parse_oauth_bearer(out);
  if (!understood) return understood.error();
  state_ = State::kSent;
  return std::optional<SecretString>(std::move(out));
}

Result<SecretString> BearerClient::respond(std::string_view challenge) {
  if (state_ == State::kRefused) return Error(Errc::kAuth, "the server refused the token");
  if (state_ == State::kNew) return Error(Errc::kState, "bearer exchange is not begun");
  state_ = State::kRefused;
  refusal_ = challenge.substr(0, kRefusalBytesMax);
  return SecretString(dialect_ == Dialect::kXoauth2 ? "" : "\x01");
}

}  // namespace restante::sasl
