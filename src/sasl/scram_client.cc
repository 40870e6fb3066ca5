#include "sasl/scram_client.h"

#include "sasl/base64.h"
#include "sasl/credential_limits.h"
#include "sasl/prepare.h"
#include "sasl/scram_keys.h"
#include "sasl/scram_messages.h"

namespace restante::sasl {

Result<std::optional<SecretString>> ScramClient::start() {
  RESTANTE_TRY(const std::string name, prepare(credentials_.name));
  RESTANTE_CHECKED(check_name(name));
  RESTANTE_CHECKED(check_password(credentials_.secret));
  RESTANTE_TRY(std::string password, prepare(credentials_.secret));
  credentials_.secret = SecretString(password);
  wipe(password);
  header_ = binding_.flag == 'p' ? "p=" + binding_.channel.type : std::string(1, binding_.flag);
  header_ += ',';
  if (!credentials_.authorization.empty())
    header_ += "a=" + escape_name(credentials_.authorization);
  header_ += ',';
  bare_ = "n=" + escape_name(name) + ",r=" + nonce_;
  const std::string message = header_ + bare_;
  RESTANTE_CHECKED(parse_client_first(message));  // What a server could not take is not sent.
  await_ = Await::kServerFirst;
  return std::optional<SecretString>(SecretString(message));
}

Result<SecretString> ScramClient::respond(std::string_view challenge) {
  switch (std::exchange(await_, Await::kFailed)) {
    case Await::kServerFirst: return take_first(challenge);
    case Await::kServerFinal: return take_final(challenge);
    case Await::kNothing: return Error(Errc::kSyntax, "SCRAM goes on behind its end");
    case Await::kStart:
    case Await::kFailed: break;
  }
  return Error(Errc::kState, "SCRAM is not under way");
}

Result<SecretString> ScramClient::take_first(std::string_view message) {
  RESTANTE_TRY(const ServerFirst first, parse_server_first(message));
  if (!first.nonce.starts_with(nonce_) || first.nonce.size() == nonce_.size())
    return Error(Errc::kAuth, "SCRAM nonce is not made of ours");
  if (first.iterations < kScramIterationsMin)
    return Error(Errc::kLimit, "too few SCRAM iterations: " + std::to_string(first.iterations));
  std::string last = "c=";
  append_base64(header_ + (binding_.flag == 'p' ? binding_.channel.data : ""), last);
  last += ",r=";
  last += first.nonce;
  const std::string auth_message = bare_ + ',' + std::string(message) + ',' + last;
  const std::string proof = make_proof(first.salt, first.iterations, auth_message);
  last += ",p=";
  append_base64(proof, last);
  await_ = Await::kServerFinal;
  return SecretString(last);
}

/// RFC 5802 s.3. The password is gone afterwards.
std::string ScramClient::make_proof(std::string_view salt, std::uint32_t iterations,
                                    std::string_view auth_message) {
  std::string salted = pbkdf2(hash_, credentials_.secret, salt, iterations);
  credentials_.secret = SecretString();
  std::string client_key = hmac(hash_, salted, "Client Key");
  std::string server_key = hmac(hash_, salted, "Server Key");
  const std::string signature = hmac(hash_, digest(hash_, client_key), auth_message);
  std::string proof = exclusive_or(client_key, signature);
  server_signature_ = hmac(hash_, server_key, auth_message);
  wipe(salted);
  wipe(client_key);
  wipe(server_key);
  return proof;
}

Result<SecretString> ScramClient::take_final(std::string_view message) {
  RESTANTE_TRY(const std::string signature, parse_server_final(message));
  if (!same_bytes(signature, server_signature_))
    return Error(Errc::kAuth, "the server does not know the keys of this password");
  await_ = Await::kNothing;
  return SecretString();
}

}  // namespace restante::sasl
