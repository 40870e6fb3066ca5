// One AUTH command with its exchange (RFC 5034 s.4), in two steps: the mechanism first, the
// response when the server asks. Tolerates what servers do there: "+OK" or words instead of an
// empty "+", a refusal of the two steps.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fetch/session/dialogue.h"
#include "sasl/mechanism.h"

namespace restante::fetch {

/// When the first thing that we say goes out.
enum class InitialResponse : bool {
  kWhenAsked,    ///< Every server understands that.
  kWithCommand,  ///< A round trip less; only where the server announces it.
};

class SaslExchange {
 public:
  SaslExchange(Dialogue& dialogue, sasl::MechanismId id, std::string_view name,
               InitialResponse initial = InitialResponse::kWhenAsked)
      : dialogue_(dialogue), id_(id), name_(name), initial_(initial) {}

  /// How the server ended it: +OK, -ERR; nullopt: it refused the mechanism before we have said
  /// anything. Errors: kAuth (the server has not proved what it had to, or it is our credentials
  /// that cannot be said), and those of Dialogue.
  Result<std::optional<pop3::ClientReply>> run(std::unique_ptr<sasl::ClientMechanism> mechanism);

  /// "XOAUTH2 ({"status":"400"…})": the name, and why a token was refused, as the server said.
  [[nodiscard]] std::string name_with_reason() const;

 private:
  Result<std::optional<pop3::ClientReply>> end_early(const pop3::ClientReply& reply,
                                                     std::string_view initial);
  Result<pop3::ClientReply> answer_challenges(pop3::ClientReply reply);
  Result<SecretString> answer_to(std::string_view challenge);
  Result<std::string> decode(std::string_view challenge);
  Status send_response(std::string_view prefix, std::string_view response);
  Error cancelled(const Error& error);

  Dialogue& dialogue_;
  const sasl::MechanismId id_;
  const std::string name_;
  const InitialResponse initial_;
  std::unique_ptr<sasl::ClientMechanism> mechanism_;
  std::string reason_;
};

}  // namespace restante::fetch
