#include "accounts/oauth/jwt.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace restante::accounts::oauth {
namespace {

constexpr std::size_t kHeaderBytesMax = 2048;

enum class Padding : std::uint8_t { kNone, kPkcs1, kPss };

/// RFC 7518 s.3.1, RFC 8037 s.3.1.
struct Algorithm {
  std::string_view name;
  KeyKind kind;
  const char* digest;  ///< Null: the algorithm has its own.
  Padding padding = Padding::kNone;
  std::size_t half_bytes = 0;  ///< ECDSA: of R, and of S.
};
// "none" and the HMAC ones are not there: the first proves nothing, and for the others a public key
// would be the secret.
constexpr std::array<Algorithm, 10> kAlgorithms = {{
    {"RS256", KeyKind::kRsa, "SHA256", Padding::kPkcs1},
    {"RS384", KeyKind::kRsa, "SHA384", Padding::kPkcs1},
    {"RS512", KeyKind::kRsa, "SHA512", Padding::kPkcs1},
    {"PS256", KeyKind::kRsa, "SHA256", Padding::kPss},
    {"PS384", KeyKind::kRsa, "SHA384", Padding::kPss},
    {"PS512", KeyKind::kRsa, "SHA512", Padding::kPss},
    {"ES256", KeyKind::kP256, "SHA256", Padding::kNone, 32},
    {"ES384", KeyKind::kP384, "SHA384", Padding::kNone, 48},
    {"ES512", KeyKind::kP521, "SHA512", Padding::kNone, 66},
    {"EdDSA", KeyKind::kEd25519, nullptr},
}};

const Algorithm* find_algorithm(std::string_view name) {
  for (const Algorithm& algorithm : kAlgorithms)
    if (algorithm.name == name) return &algorithm;
  return nullptr;
}

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// R and S side by side (RFC 7518 s.3.4) as the DER that OpenSSL wants; empty when they are not.
std::string to_der(std::string_view signature, std::size_t half) {
  if (signature.size() != 2 * half) return {};
  const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* const r = BN_bin2bn(octets(signature), static_cast<int>(half), nullptr);
  BIGNUM* const s = BN_bin2bn(octets(signature.substr(half)), static_cast<int>(half), nullptr);
  if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &der);
  std::string out;
  if (length > 0) out.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return out;
}

bool set_padding(EVP_PKEY_CTX* context, Padding padding) {
  switch (padding) {
    case Padding::kNone: return true;
    case Padding::kPkcs1: return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case Padding::kPss:
      // RFC 7518 s.3.5: the salt is as long as the hash.
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  return false;
}

}  // namespace

bool looks_like_jwt(std::string_view token) {
  return std::count(token.begin(), token.end(), '.') == 2;
}

Result<Jwt> parse_jwt(std::string_view token) {
  if (token.size() > kTokenBytesMax) return Error(Errc::kLimit, "token is too long");
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  if (!looks_like_jwt(token)) return Error(Errc::kSyntax, "token is not of the form a.b.c");
  RESTANTE_TRY(const std::string header_text, decode_base64url(token.substr(0, first)));
  RESTANTE_TRY(const json::object header, parse_object(header_text, kHeaderBytesMax));
  // RFC 7515 s.4.1.11: what must be understood, and is not.
  if (header.contains("crit")) return Error(Errc::kSyntax, "token with critical extensions");
  RESTANTE_TRY(const std::string claims_text,
               decode_base64url(token.substr(first + 1, second - first - 1)));
  RESTANTE_TRY(json::object claims, parse_object(claims_text, kTokenBytesMax));
  RESTANTE_TRY(std::string signature, decode_base64url(token.substr(second + 1)));
  Jwt out;
  out.claims = std::move(claims);
  out.signature = std::move(signature);
  out.algorithm = text_of(header, "alg").value_or("");
  out.type = text_of(header, "typ").value_or("");
  out.kid = text_of(header, "kid").value_or("");
  // As it came: a text that was read and written anew would have another signature.
  out.signed_part = token.substr(0, second);
  return out;
}

bool fits(const Jwk& key, const Jwt& token) {
  const Algorithm* const algorithm = find_algorithm(token.algorithm);
  if (algorithm == nullptr || algorithm->kind != key.kind) return false;
  // A key says what it is for, so that a token cannot choose a weaker use of it.
  if (!key.algorithm.empty() && key.algorithm != token.algorithm) return false;
  return token.kid.empty() || key.kid.empty() || token.kid == key.kid;
}

Status verify_signature(const Jwt& token, const Jwk& key) {
  const Error bad(Errc::kAuth, "token's signature is wrong");
  if (!fits(key, token)) return bad;
  const Algorithm& algorithm = *find_algorithm(token.algorithm);
  std::string signature = token.signature;
  if (algorithm.half_bytes != 0) signature = to_der(signature, algorithm.half_bytes);
  if (signature.empty()) return bad;
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;  // The digest context's.
  const bool right = context &&
                     EVP_DigestVerifyInit_ex(context.get(), &key_context, algorithm.digest, nullptr,
                                             nullptr, key.key.get(), nullptr) == 1 &&
                     set_padding(key_context, algorithm.padding) &&
                     EVP_DigestVerify(context.get(), octets(signature), signature.size(),
                                      octets(token.signed_part), token.signed_part.size()) == 1;
  // The thread's queue of errors must not be told of the next connection.
  ERR_clear_error();
  return right ? ok() : Status(bad);
}

}  // namespace restante::accounts::oauth
