// Any bytes as a stored secret: never a crash, and nothing that is not known ever matches. Hashes
// are only judged, not computed: a secret may ask for hours of work.

#include <cstdint>
#include <string_view>

#include "accounts/passwords/password.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace restante::accounts;
  const std::string_view secret(reinterpret_cast<const char*>(data), size);
  const std::string scheme = scheme_of(secret);
  const bool known = is_known_scheme(secret);
  RESTANTE_CHECK(!known || !scheme.empty());
  if (!known) RESTANTE_CHECK(!verify_password(secret, secret));
  if (known && (scheme == "PLAIN" || scheme == "CLEAR" || scheme == "CLEARTEXT")) {
    const restante::SecretString password = clear_password(secret);
    RESTANTE_CHECK(verify_password(secret, password));
    RESTANTE_CHECK(!verify_password(secret, password.view().substr(1)));
  }
  return 0;
}
