#include "net/certificate_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <memory>

namespace restante::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Never signed: who a certificate names is asked only after it was verified.
class Certificate {
 public:
  Certificate& common_name(std::string_view text, int type = MBSTRING_UTF8) {
    X509_NAME* const subject = X509_get_subject_name(made_.get());
    X509_NAME_add_entry_by_NID(subject, NID_commonName, type,
                               reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()), -1, 0);
    return *this;
  }
  Certificate& name(int type, std::string_view text) {
    GENERAL_NAME* const one = GENERAL_NAME_new();
    ASN1_IA5STRING* const value = ASN1_IA5STRING_new();
    ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
    GENERAL_NAME_set0_value(one, type, value);
    sk_GENERAL_NAME_push(names_.get(), one);
    return *this;
  }
  std::vector<std::string> identities() {
    if (sk_GENERAL_NAME_num(names_.get()) != 0)
      X509_add1_ext_i2d(made_.get(), NID_subject_alt_name, names_.get(), 0, X509V3_ADD_REPLACE);
    return identities_of(*made_);
  }

 private:
  std::unique_ptr<X509, void (*)(X509*)> made_{X509_new(), X509_free};
  std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names_{sk_GENERAL_NAME_new_null(),
                                                                  GENERAL_NAMES_free};
};

TEST(CertificateIdentity, AddressesNameTheAccounts) {
  EXPECT_THAT(Certificate()
                  .common_name("somebody")
                  .name(GEN_DNS, "host.x.test")
                  .name(GEN_EMAIL, "alice@x.test")
                  .name(GEN_EMAIL, "bob@x.test")
                  .identities(),
              ElementsAre("alice@x.test", "bob@x.test"));
}

TEST(CertificateIdentity, WithoutThemTheCommonNameDoes) {
  EXPECT_THAT(Certificate().identities(), IsEmpty());
  EXPECT_THAT(Certificate().common_name("alice").identities(), ElementsAre("alice"));
  EXPECT_THAT(Certificate().common_name("alice").name(GEN_DNS, "x.test").identities(),
              ElementsAre("alice"));
  EXPECT_THAT(Certificate().common_name("alice").common_name("bob").identities(),
              ElementsAre("alice", "bob"));
}

TEST(CertificateIdentity, AnAddressOfNoUseIsNotReplacedByTheCommonName) {
  EXPECT_THAT(Certificate().common_name("alice").name(GEN_EMAIL, "").identities(), IsEmpty());
  EXPECT_THAT(Certificate()
                  .common_name("alice")
                  .name(GEN_EMAIL, std::string_view("bob@x.test\0.evil.test", 21))
                  .identities(),
              IsEmpty());
}

TEST(CertificateIdentity, NamesThatAreMoreThanAName) {
  for (const std::string_view text :
       {std::string_view("alice\0@evil.test", 16), std::string_view("alice\0", 6),
        std::string_view("\0", 1), std::string_view("alice\r\nuser=bob"),
        std::string_view("alice\x7f"), std::string_view("alice\xff"), std::string_view("alice\xc3"),
        std::string_view("\xed\xa0\x80")}) {
    EXPECT_THAT(Certificate().name(GEN_EMAIL, text).identities(), IsEmpty()) << text;
    EXPECT_THAT(Certificate().common_name(text, V_ASN1_UTF8STRING).identities(), IsEmpty()) << text;
  }
}

TEST(CertificateIdentity, WhateverElseIsOnlyAName) {
  const std::string long_name(100000, 'a');
  for (const std::string_view text :
       {std::string_view("%s%n%"), std::string_view("*"), std::string_view("' OR '1'='1"),
        std::string_view("gr\xC3\xBC\xC3\x9F"), std::string_view("../../etc/passwd"),
        std::string_view(long_name)})
    EXPECT_THAT(Certificate().name(GEN_EMAIL, text).identities(), ElementsAre(text)) << text;
}

TEST(CertificateIdentity, OtherEncodingsOfACommonNameAreMadeUtf8) {
  EXPECT_THAT(Certificate().common_name("gr\xFC\xDF", V_ASN1_T61STRING).identities(),
              ElementsAre("gr\xC3\xBC\xC3\x9F"));
  EXPECT_THAT(
      Certificate().common_name(std::string_view("\0a\0\xFC", 4), V_ASN1_BMPSTRING).identities(),
      ElementsAre("a\xC3\xBC"));
  EXPECT_THAT(
      Certificate().common_name(std::string_view("\0a\0\0", 4), V_ASN1_BMPSTRING).identities(),
      IsEmpty())
      << "a NUL, once it is UTF-8";
}

}  // namespace
}  // namespace restante::net
