// SCRAM-SHA-256 and SCRAM-SHA-1, with and without channel binding (RFC 5802, RFC 7677): each side
// proves that it knows the password, and neither says it. The text of the messages is
// scram_messages.h's matter.
//
// An account that does not exist is the driver's care: it gives keys for any name, and nothing here
// can tell made-up keys from real ones. The server's signature goes out as one more challenge,
// which the client answers with nothing: POP3 cannot put it into its +OK (RFC 5034 s.4). The client
// has finished only when the server has proved its keys; the server's word alone does not count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

/// What the client says of channel binding (RFC 5802 s.6).
struct ScramBinding {
  /// 'n': we have none, or do not use what both have; 'y': we have one, and the server offers no
  /// -PLUS; 'p': -PLUS, with `channel`.
  char flag = 'n';
  ChannelBinding channel;
};

/// RFC 5802 s.6. `is_plus`: the mechanism is a -PLUS, which `situation` has a binding for.
ScramBinding binding_for(bool is_plus, const ClientSituation& situation);

class ScramClient final : public ClientMechanism {
 public:
  /// `nonce` is fresh, see make_nonce().
  ScramClient(Hash hash, ClientCredentials credentials, ScramBinding binding, std::string nonce)
      : hash_(hash),
        credentials_(std::move(credentials)),
        binding_(std::move(binding)),
        nonce_(std::move(nonce)) {}

  Result<std::optional<SecretString>> start() override;
  /// Takes the time of as many iterations as the server wants, kScramIterationsMin to
  /// kScramClientIterationsMax: some seconds at the worst.
  Result<SecretString> respond(std::string_view challenge) override;
  [[nodiscard]] bool finished() const override { return await_ == Await::kNothing; }

 private:
  enum class Await : std::uint8_t { kStart, kServerFirst, kServerFinal, kNothing, kFailed };
  Result<SecretString> take_first(std::string_view message);
  Result<SecretString> take_final(std::string_view message);
  std::string make_proof(std::string_view salt, std::uint32_t iterations,
                         std::string_view auth_message);

  const Hash hash_;
  ClientCredentials credentials_;
  const ScramBinding binding_;
  const std::string nonce_;
  Await await_ = Await::kStart;
  std::string header_;  ///< gs2-header.
  std::string bare_;    ///< client-first-message-bare.
  std::string server_signature_;
};

}  // namespace restante::sasl
