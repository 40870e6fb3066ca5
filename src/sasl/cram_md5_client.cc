#include "sasl/cram_md5_client.h"

#include "sasl/credential_limits.h"
#include "sasl/crypto.h"

namespace restante::sasl {

Result<std::optional<SecretString>> CramMd5Client::start() {
  if (!credentials_.authorization.empty())
    return Error(Errc::kSyntax, "CRAM-MD5 cannot act as somebody else");
  RESTANTE_CHECKED(check_name(credentials_.name));
  RESTANTE_CHECKED(check_password(credentials_.secret));
  started_ = true;
  return std::optional<SecretString>();
}

Result<SecretString> CramMd5Client::respond(std::string_view challenge) {
  const bool awaited = std::exchange(started_, false);
  finished_ = false;
  if (!awaited) return Error(Errc::kSyntax, "CRAM-MD5 goes on behind its end");
  if (challenge.empty()) return Error(Errc::kSyntax, "CRAM-MD5 without a challenge");
  RESTANTE_TRY(const std::string digest, hmac_md5_hex(credentials_.secret, challenge));
  credentials_.secret = SecretString();
  finished_ = true;
  return SecretString(credentials_.name + ' ' + digest);
}

}  // namespace restante::sasl
