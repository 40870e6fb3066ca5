#include "accounts/oauth/jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <boost/json/array.hpp>

#include "accounts/oauth/strict_json.h"

namespace restante::accounts::oauth {
namespace {

// RFC 7518 s.3.3 asks for 2048 bits at least; the upper limit bounds the work of a signature.
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr int kRsaExponentBitsMax = 32;

using Key = std::shared_ptr<EVP_PKEY>;
using Number = std::unique_ptr<BIGNUM, void (*)(BIGNUM*)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, void (*)(OSSL_PARAM_BLD*)>;

struct Curve {
  std::string_view name;  ///< RFC 7518 s.6.2.1.1.
  const char* group;
  KeyKind kind;
  std::size_t bytes;
};
constexpr std::array<Curve, 3> kCurves = {{{"P-256", "prime256v1", KeyKind::kP256, 32},
                                           {"P-384", "secp384r1", KeyKind::kP384, 48},
                                           {"P-521", "secp521r1", KeyKind::kP521, 66}}};

const unsigned char* key_octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// A member's octets; empty when it is not there or not base64url.
std::string octets_of(const json::object& object, std::string_view name) {
  const auto text = text_of(object, name);
  if (!text) return {};
  return decode_base64url(*text).value_or("");
}

Key build(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, void (*)(OSSL_PARAM*)> parameters(
      OSSL_PARAM_BLD_to_param(builder), OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* raw = nullptr;
  const bool made =
      parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
  Key key(raw, EVP_PKEY_free);
  if (!made) return nullptr;
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> checker(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), EVP_PKEY_CTX_free);
  // A point that is not on its curve, an even exponent.
  if (!checker || EVP_PKEY_public_check(checker.get()) != 1) return nullptr;
  return key;
}

Key rsa_key(const json::object& object) {
  const std::string modulus = octets_of(object, "n");
  const std::string exponent = octets_of(object, "e");
  // Bounded before the numbers are made of them: an issuer's text is from the network.
  if (modulus.size() > kRsaBitsMax / 8 + 1 || exponent.size() > kRsaExponentBitsMax / 8) return {};
  const Number n(BN_bin2bn(key_octets(modulus), static_cast<int>(modulus.size()), nullptr),
                 BN_free);
  const Number e(BN_bin2bn(key_octets(exponent), static_cast<int>(exponent.size()), nullptr),
                 BN_free);
  // One that is even, or 1, makes every signature right.
  if (!n || !e || BN_num_bits(n.get()) < kRsaBitsMin || BN_num_bits(n.get()) > kRsaBitsMax ||
      BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1)
    return {};
  const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return {};
  return build("RSA", builder.get());
}

Key ec_key(const json::object& object, const Curve& curve) {
  const std::string x = octets_of(object, "x");
  const std::string y = octets_of(object, "y");
  // Of full length, with zeros before: a shorter one is malformed.
  if (x.size() != curve.bytes || y.size() != curve.bytes) return {};
  const std::string point = "\x04" + x + y;  // Uncompressed (SEC 1).
  const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return {};
  return build("EC", builder.get());
}

Key ed25519_key(const json::object& object) {
  const std::string x = octets_of(object, "x");
  if (x.size() != 32) return {};
  return {EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, key_octets(x), x.size()),
          EVP_PKEY_free};
}

/// RFC 7517 s.4.2, RFC 7517 s.4.3: a key for encryption verifies nothing.
bool is_for_signatures(const json::object& object) {
  if (object.contains("use") && text_of(object, "use") != "sig") return false;
  const json::value* const operations = object.if_contains("key_ops");
  if (operations == nullptr) return true;
  if (!operations->is_array()) return false;
  const json::array& list = operations->get_array();
  return std::any_of(list.begin(), list.end(), [](const json::value& operation) {
    return operation.is_string() && operation.get_string() == "verify";
  });
}

bool set_key(const json::object& object, Jwk& jwk) {
  const auto type = text_of(object, "kty");
  const auto curve_name = text_of(object, "crv");
  if (type == "RSA") {
    jwk.kind = KeyKind::kRsa;
    jwk.key = rsa_key(object);
  } else if (type == "OKP" && curve_name == "Ed25519") {
    jwk.kind = KeyKind::kEd25519;
    jwk.key = ed25519_key(object);
  } else if (type == "EC") {
    for (const Curve& curve : kCurves) {
      if (curve.name != curve_name) continue;
      jwk.kind = curve.kind;
      jwk.key = ec_key(object, curve);
    }
  }
  ERR_clear_error();
  return jwk.key != nullptr;
}

}  // namespace

Result<Jwks> parse_jwks(std::string_view text) {
  RESTANTE_TRY(const json::object root, parse_object(text, kJwksBytesMax));
  const json::value* const keys = root.if_contains("keys");
  if (keys == nullptr || !keys->is_array())
    return Error(Errc::kSyntax, "a key set needs the array \"keys\"");
  Jwks out;
  for (const json::value& entry : keys->get_array()) {
    // The first ones: an issuer has two or three, and each of them costs a signature's check.
    if (out.size() == kJwksKeysMax) break;
    if (!entry.is_object() || !is_for_signatures(entry.get_object())) continue;
    Jwk jwk;
    // A kind that is not known here serves others; the key set is whole without it.
    if (!set_key(entry.get_object(), jwk)) continue;
    jwk.kid = text_of(entry.get_object(), "kid").value_or("");
    jwk.algorithm = text_of(entry.get_object(), "alg").value_or("");
    out.push_back(std::move(jwk));
  }
  return out;
}

}  // namespace restante::accounts::oauth
