// OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's, older, of the same kind): the client shows, in
// clear, a token of another issuer. When it is not good the client gets a JSON text that says so,
// answers with an empty or one-octet response, and only then hears -ERR.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"
#include "sasl/mechanism.h"

namespace restante::sasl {

struct BearerMessage {
  std::string name;  ///< Empty: the token says it.
  SecretString token;
};

/// gs2-header, then "key=value" pairs, each ended by ^A, then one more ^A; one of them "auth".
/// Channel binding is none of it. Errors: kSyntax, kLimit.
Result<BearerMessage> parse_oauth_bearer(std::string_view message);
/// "user=" name ^A "auth=Bearer " token ^A ^A. Errors: kSyntax, kLimit.
Result<BearerMessage> parse_xoauth2(std::string_view message);

/// Holds the token: wipe() it when it is sent.
std::string format_oauth_bearer(const BearerMessage& message, const BearerService& service);
std::string format_xoauth2(const BearerMessage& message);

enum class BearerDialect : std::uint8_t { kOauthBearer, kXoauth2 };

class BearerServer final : public ServerMechanism {
 public:
  explicit BearerServer(BearerDialect dialect) : dialect_(dialect) {}

  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
  Step refused() override;

 private:
  const BearerDialect dialect_;
  bool told_why_ = false;
};

class BearerClient final : public ClientMechanism {
 public:
  /// `service` is where the client is connected to. XOAUTH2 needs a name.
  BearerClient(BearerDialect dialect, ClientCredentials credentials, BearerService service)
      : dialect_(dialect), credentials_(std::move(credentials)), service_(std::move(service)) {}

  Result<std::optional<SecretString>> start() override;
  /// What answers the refusal (RFC 7628 s.3.2.3).
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return state_ == State::kSent; }
  /// The server's reason, as it came from there, 1 KiB of it at most; empty: none yet.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  enum class State : std::uint8_t { kNew, kSent, kRefused };
  const BearerDialect dialect_;
  ClientCredentials credentials_;
  const BearerService service_;
  State state_ = State::kNew;
  std::string refusal_;
};

}  // namespace restante::sasl
