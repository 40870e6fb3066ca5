#include "accounts/ldap/certificate_fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "accounts/test_support.h"

namespace restante::accounts::ldap {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const WallTime kNow{std::chrono::hours(24 * 365 * 60)};

/// Self-signed, so it is its own authority; valid for an hour around kNow.
class TestCertificate {
 public:
  explicit TestCertificate(const char* names) : key_(EVP_EC_gen("P-256")), x509_(X509_new()) {
    const auto now = std::chrono::system_clock::to_time_t(kNow);
    X509_set_version(x509_, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509_), 1);
    ASN1_TIME_set(X509_getm_notBefore(x509_), now - 1800);
    ASN1_TIME_set(X509_getm_notAfter(x509_), now + 1800);
    X509_NAME* const subject = X509_get_subject_name(x509_);
    const auto* const common = reinterpret_cast<const unsigned char*>("the test's\n");
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(x509_, subject);
    X509_set_pubkey(x509_, key_);
    X509_EXTENSION* const alt = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(x509_, alt, -1);
    X509_EXTENSION_free(alt);
    EXPECT_GT(X509_sign(x509_, key_, EVP_sha256()), 0);
  }
  ~TestCertificate() {
    X509_free(x509_);
    EVP_PKEY_free(key_);
  }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  [[nodiscard]] std::string der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(x509_, &bytes);
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
  }
  void save(const std::filesystem::path& path) const {
    BIO* const out = BIO_new_file(path.c_str(), "w");
    EXPECT_EQ(PEM_write_bio_X509(out, x509_), 1);
    BIO_free_all(out);
  }

 private:
  EVP_PKEY* key_;
  X509* x509_;
};

TEST(LdapCertificateFault, EachIsToldApart) {
  const TempDir dir;
  const TestCertificate own("DNS:ldap.x.test,IP:192.0.2.1");
  const TestCertificate other("DNS:ldap.x.test");
  own.save(dir / "own.pem");
  other.save(dir / "other.pem");
  const auto fault = [&](const std::string& host, const char* authorities, WallTime now) {
    return certificate_fault(own.der(), host, dir / authorities, now);
  };
  EXPECT_THAT(fault("ldap.x.test", "own.pem", kNow), IsEmpty());
  EXPECT_THAT(fault("192.0.2.1", "own.pem", kNow), IsEmpty());
  EXPECT_THAT(fault("ldap.x.test", "own.pem", kNow + std::chrono::hours(1)),
              HasSubstr("its certificate has expired (on "));
  EXPECT_THAT(fault("ldap.x.test", "own.pem", kNow - std::chrono::hours(1)),
              HasSubstr("its certificate is not valid before "));
  EXPECT_THAT(fault("192.0.2.2", "own.pem", kNow),
              HasSubstr("is for ldap.x.test 192.0.2.1, not for 192.0.2.2"));
  EXPECT_THAT(fault("ldap.x.test", "other.pem", kNow),
              HasSubstr("other.pem (accounts.ca_file), but by CN = the test's\\0A"));
  EXPECT_THAT(fault("ldap.x.test", "none.pem", kNow), HasSubstr("its certificate is not taken: "));
}

TEST(LdapCertificateFault, WhatIsNoCertificateSaysNothing) {
  const std::string der = TestCertificate("DNS:ldap.x.test").der();
  EXPECT_THAT(certificate_fault("", "h", "none", kNow), IsEmpty());
  for (std::size_t cut = 1; cut < der.size(); cut += 7)
    EXPECT_THAT(certificate_fault(std::string_view(der).substr(0, cut), "h", "none", kNow),
                IsEmpty());
}

}  // namespace
}  // namespace restante::accounts::ldap
