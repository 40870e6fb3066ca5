// SCRAM-SHA-256 and SCRAM-SHA-1, with and without channel binding, server side (RFC 5802, RFC
// 7677): the client proves that it knows the password without saying it, and the server proves that
// it knows its keys. What an account that does not exist is asked is the driver's care: it gives
// keys for any name, and nothing here can tell made-up ones from real ones.
//
// The server's signature goes out as one more challenge, which the client answers with nothing:
// POP3 cannot put it into its +OK (RFC 5034 s.4).
#pragma once

#include "sasl/mechanism.h"

namespace restante::sasl {

class ScramServer final : public ServerMechanism {
 public:
  enum class Binding : std::uint8_t { kNone, kRequired };
  /// `context` is copied.
  ScramServer(Hash hash, Binding binding, ExchangeContext context)
      : hash_(hash), binding_(binding), context_(std::move(context)) {}

  Step start(std::optional<std::string_view> initial) override;
  Step respond(std::string_view response) override;
  Step keys(const ScramKeys& keys, std::string_view nonce) override;

 private:
  enum class Await : std::uint8_t { kFirst, kKeys, kFinal, kAcknowledgement };
  Step take_first(std::string_view message);
  Status choose_binding(char flag, std::string_view type);
  Step take_final(std::string_view message);

  const Hash hash_;
  const Binding binding_;
  const ExchangeContext context_;
  Await await_ = Await::kFirst;
  std::string name_;
  std::string authorization_;
  std::string nonce_;         ///< The client's, then both.
  std::string binding_data_;  ///< What "c=" has to say: the gs2-header, and the channel's data.
  std::string auth_message_;  ///< As far as it is known (RFC 5802 s.3).
  ScramKeys keys_;
};

}  // namespace restante::sasl
