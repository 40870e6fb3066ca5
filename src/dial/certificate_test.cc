#include "dial/certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "dial/test_scripted_server.h"

namespace restante::net {
namespace {

TEST(ClientCertificate, PinsInAnyCaseAndWithColons) {
  const std::string sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  EXPECT_TRUE(same_pin(sha256, sha256));
  EXPECT_TRUE(
      same_pin("01:23:45:67:89:AB:CD:EF:0123456789abcdef0123456789ABCDEF0123456789abcdef", sha256));
  EXPECT_FALSE(same_pin("", ""));
  EXPECT_FALSE(same_pin(sha256.substr(1), sha256.substr(1)));
  EXPECT_FALSE(same_pin(sha256 + "0", sha256));
}

TEST(ClientCertificate, EachRefusalSaysWhatHelps) {
  const auto& file = TestCertificate::get().files().certificate;
  const std::unique_ptr<BIO, int (*)(BIO*)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  ASSERT_TRUE(certificate);
  for (const auto& [code, word] : {std::pair(X509_V_ERR_CERT_HAS_EXPIRED, "GMT): its operator"),
                                   std::pair(X509_V_ERR_CERT_NOT_YET_VALID, "clock"),
                                   std::pair(X509_V_ERR_HOSTNAME_MISMATCH, "tls_name"),
                                   std::pair(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "ca_file"),
                                   std::pair(X509_V_ERR_CERT_REVOKED, "revoked")}) {
    const std::string text = explain_refusal(code, *certificate, "pop.example.test");
    EXPECT_NE(text.find(word), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace restante::net
