#include "sasl/bearer.h"

#include "sasl/bearer_messages.h"

namespace restante::sasl {

Step BearerServer::start(std::optional<std::string_view> initial) {
  if (!initial) return Challenge{};
  return respond(*initial);
}

Step BearerServer::respond(std::string_view response) {
  // RFC 7628 s.3.2.3: ^A, or nothing in XOAUTH2; whatever it is, the exchange has failed.
  if (told_why_) return Error(Errc::kAuth, "token refused");
  auto message =
      dialect_ == Dialect::kXoauth2 ? parse_xoauth2(response) : parse_oauth_bearer(response);
  if (!message) return std::move(message).error();
  return Token{std::move(message->name), std::move(message->token)};
}

Step BearerServer::refused() {
  told_why_ = true;
  // RFC 7628 s.3.2.2 and RFC 6750 s.3.1; XOAUTH2 carries an HTTP status instead.
  if (dialect_ == Dialect::kXoauth2) return Challenge{R"({"status":"401","schemes":"bearer"})"};
  return Challenge{R"({"status":"invalid_token"})"};
}

}  // namespace restante::sasl
