#include "sasl/cram_md5.h"

#include <algorithm>

#include "base/ascii.h"
#include "sasl/credential_limits.h"
#include "sasl/crypto.h"

namespace restante::sasl {
namespace {

constexpr std::size_t kDigestDigits = 32;

bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

Step CramMd5Server::start(std::optional<std::string_view> initial) {
  // RFC 2195 s.2: the server speaks first, so an initial response would be a proof over nothing.
  if (initial) return Error(Errc::kSyntax, "CRAM-MD5 has no initial response");
  // It comes from the greeting's text, which has to be one of a kind; without it an old proof would
  // fit.
  if (challenge_.empty()) return Error(Errc::kState, "CRAM-MD5 without a challenge");
  return Challenge{challenge_};
}

Step CramMd5Server::respond(std::string_view response) {
  // The name may have spaces in it; the digest has none.
  const std::size_t space = response.rfind(' ');
  if (space == std::string_view::npos) return Error(Errc::kSyntax, "CRAM-MD5 without a digest");
  const std::string_view name = response.substr(0, space);
  const std::string_view digest = response.substr(space + 1);
  // Lower case alone, as the RFC has it: one form of a proof, as for everything that is compared.
  if (digest.size() != kDigestDigits || !std::all_of(digest.begin(), digest.end(), is_lower_hex))
    return Error(Errc::kSyntax, "CRAM-MD5 digest");
  if (Status fits = check_name(name); !fits) return std::move(fits).error();
  return Digest{std::string(name), challenge_, std::string(digest)};
}

Result<std::optional<SecretString>> CramMd5Client::start() {
  if (!credentials_.authorization.empty())
    return Error(Errc::kSyntax, "CRAM-MD5 cannot act as another user");
  RESTANTE_CHECKED(check_name(credentials_.name));
  RESTANTE_CHECKED(check_password(credentials_.secret));
  started_ = true;
  return std::optional<SecretString>();
}

Result<SecretString> CramMd5Client::respond(std::string_view challenge) {
  // One challenge, one answer: each further one would be a proof over text of the server's choice.
  const bool awaited = std::exchange(started_, false);
  finished_ = false;
  if (!awaited) return Error(Errc::kSyntax, "CRAM-MD5 goes on behind its end");
  if (challenge.empty()) return Error(Errc::kSyntax, "CRAM-MD5 without a challenge");
  RESTANTE_TRY(const std::string digest, hmac_md5_hex(credentials_.secret, challenge));
  // Not needed any more, so a later fault cannot give it away.
  credentials_.secret = SecretString();
  finished_ = true;
  return SecretString(credentials_.name + ' ' + digest);
}

}  // namespace restante::sasl
