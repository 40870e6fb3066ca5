// For tests only: keys of every kind that sign tokens, and an issuer's network made of a map.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "accounts/oauth/fetcher.h"

namespace restante::accounts::oauth {

inline std::string base64url(std::string_view text) {
  std::string out(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                  '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.resize(out.find('\0'));
  return out;
}

class TestKey {
 public:
  TestKey(std::string algorithm, std::string key_id)
      : alg(std::move(algorithm)), kid(std::move(key_id)), key_(generate(alg), EVP_PKEY_free) {}

  /// Its public half as a JWK; `more` is put in, such as R"(,"use":"enc")".
  [[nodiscard]] std::string jwk(const std::string& more = "") const {
    const std::string head = R"({"kid":")" + kid + R"(","kty":")";
    if (alg == "EdDSA") {
      std::string x(32, '\0');
      std::size_t size = x.size();
      EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(x.data()), &size);
      return head + R"(OKP","crv":"Ed25519","x":")" + base64url(x) + '"' + more + '}';
    }
    if (alg[0] != 'E')
      return head + R"(RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N, 0) + R"(","e":")" +
             number(OSSL_PKEY_PARAM_RSA_E, 0) + '"' + more + '}';
    const std::map<std::string, std::string> curves = {
        {"ES256", "P-256"}, {"ES384", "P-384"}, {"ES512", "P-521"}};
    return head + R"(EC","crv":")" + curves.at(alg) + R"(","x":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_X, half()) + R"(","y":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_Y, half()) + '"' + more + '}';
  }

  [[nodiscard]] std::string token(const std::string& claims) const {
    return token_with(R"({"alg":")" + alg + R"(","typ":"at+jwt","kid":")" + kid + R"("})", claims);
  }
  [[nodiscard]] std::string token_with(const std::string& header, const std::string& claims) const {
    const std::string input = base64url(header) + '.' + base64url(claims);
    return input + '.' + base64url(sign(input));
  }

  [[nodiscard]] std::string sign(const std::string& input) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    const std::string digest = "SHA" + alg.substr(2);
    EVP_DigestSignInit_ex(context.get(), &options, alg == "EdDSA" ? nullptr : digest.c_str(),
                          nullptr, nullptr, key_.get(), nullptr);
    if (alg[0] == 'P') {
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    std::string out(1024, '\0');
    std::size_t size = out.size();
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(input.data()), input.size());
    out.resize(size);
    return alg[0] == 'E' && alg != "EdDSA" ? from_der(out) : out;
  }

  const std::string alg;
  const std::string kid;

 private:
  static EVP_PKEY* generate(const std::string& alg) {
    if (alg == "EdDSA") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (alg == "ES256") return EVP_EC_gen("P-256");
    if (alg == "ES384") return EVP_EC_gen("P-384");
    if (alg == "ES512") return EVP_EC_gen("P-521");
    // Two of them serve all tests in turn: they take long to make.
    static const std::array<std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>, 2> made = {
        {{EVP_RSA_gen(2048U), EVP_PKEY_free}, {EVP_RSA_gen(2048U), EVP_PKEY_free}}};
    static std::atomic<std::size_t> turn = 0;
    EVP_PKEY* const key = made[turn++ % made.size()].get();
    EVP_PKEY_up_ref(key);
    return key;
  }
  [[nodiscard]] std::size_t half() const { return alg == "ES256" ? 32 : alg == "ES384" ? 48 : 66; }
  [[nodiscard]] std::string number(const char* name, std::size_t bytes) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    std::string out(bytes != 0 ? bytes : static_cast<std::size_t>(BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
    BN_free(value);
    return base64url(out);
  }
  [[nodiscard]] std::string from_der(const std::string& der) const {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string out(2 * half(), '\0');
    auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, static_cast<int>(half()));
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + half(), static_cast<int>(half()));
    return out;
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

/// A key set of these JWKs.
inline std::string key_set(const std::vector<std::string>& jwks) {
  std::string out = R"({"keys":[)";
  for (const std::string& jwk : jwks) out += (out.back() == '[' ? "" : ",") + jwk;
  return out + "]}";
}

class FakeFetcher : public Fetcher {
 public:
  Result<std::string> fetch(const HttpRequest& request) override {
    const std::lock_guard lock(mutex);
    requests.push_back(request);
    if (down) return Error(Errc::kTimeout, request.url + ": no answer in time");
    const auto found = answers.find(request.form.empty() ? request.url : request.form);
    if (found == answers.end()) return Error(Errc::kIo, request.url + ": HTTP status 404");
    return found->second;
  }

  std::mutex mutex;
  std::map<std::string, std::string> answers;  ///< By address, or by form where one is sent.
  std::vector<HttpRequest> requests;
  bool down = false;
};

}  // namespace restante::accounts::oauth
