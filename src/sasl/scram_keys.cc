#include "sasl/scram_keys.h"

#include "base/secret_string.h"

namespace restante::sasl {

ScramKeys derive_scram_keys(Hash hash, std::string_view password, std::string_view salt,
                            std::uint32_t iterations) {
  std::string salted = pbkdf2(hash, password, salt, iterations);
  std::string client_key = hmac(hash, salted, "Client Key");
  ScramKeys keys;
  keys.iterations = iterations;
  keys.salt = salt;
  keys.stored_key = digest(hash, client_key);
  keys.server_key = hmac(hash, salted, "Server Key");
  // Both keys follow from it: who has it can log in. What is kept can only judge a login.
  wipe(salted);
  wipe(client_key);
  return keys;
}

std::string_view scram_name(Hash hash) {
  return hash == Hash::kSha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256";
}

}  // namespace restante::sasl
