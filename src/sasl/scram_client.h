// SCRAM-SHA-256 and SCRAM-SHA-1, with and without channel binding, client side (RFC 5802, RFC
// 7677): the password stays here, and the server has to prove that it knows the keys made of it.
// Until it has, finished() is false, whatever it says.
#pragma once

#include <cstdint>

#include "sasl/channel_binding.h"
#include "sasl/client_mechanism.h"
#include "sasl/crypto.h"

namespace restante::sasl {

/// What the client says of channel binding (RFC 5802 s.6).
struct ScramBinding {
  /// 'n': we have none, or do not use what both have; 'y': we have one, and the server offers no
  /// -PLUS; 'p': -PLUS, with `channel`.
  char flag = 'n';
  ChannelBinding channel;
};

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
