#include "accounts/passwords/digest_secret.h"

#include <gtest/gtest.h>

#include "accounts/passwords/password.h"

namespace restante::accounts {
namespace {

// Made with Python's hashlib: digest(b"secret" + b"salt") + b"salt".
const std::vector<std::string> kSecrets = {
    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0",
    "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
    "{SSHA256}+E+iFJ27Yu1ODPH1UNKUmzOmUT06dwfghQJRHHnMsO5zYWx0",
    "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/"
    "isg==",
    "{SSHA512}E491yrR9AdCoE7rbOPYS3EZgSuZpVE65AD9xko08s6floNesY/"
    "Zpe9zMVvLix4S2FiQSJ99RIkNvhHomNO9uL3NhbHQ=",
};

TEST(DigestSecret, VerifiesEveryScheme) {
  for (const std::string& secret : kSecrets) {
    EXPECT_TRUE(check_secret(secret)) << secret;
    EXPECT_TRUE(verify_password(secret, "secret")) << secret;
    EXPECT_EQ(verify_password(secret, "Secret").error().code, Errc::kAuth) << secret;
    EXPECT_EQ(verify_password(secret, "").error().code, Errc::kAuth) << secret;
    EXPECT_EQ(verify_password(secret, "secretsalt").error().code, Errc::kAuth) << secret;
  }
}

TEST(DigestSecret, TheSchemeIsInAnyCase) {
  std::string secret = kSecrets[1];
  ASSERT_EQ(secret.substr(0, 6), "{SSHA}");
  EXPECT_TRUE(verify_password("{ssha}" + secret.substr(6), "secret"));
}

TEST(DigestSecret, RefusesWhatIsNoHash) {
  for (const std::string& secret : kSecrets) {
    for (std::size_t cut = secret.find('}') + 1; cut < secret.size(); ++cut) {
      const std::string part = secret.substr(0, cut);
      const Status verified = verify_password(part, "secret");
      EXPECT_FALSE(verified) << part;
    }
    EXPECT_EQ(check_secret(secret + "!").error().code, Errc::kSyntax);
    EXPECT_EQ(check_secret(secret + std::string(200, 'A')).error().code, Errc::kSyntax);
  }
}

}  // namespace
}  // namespace restante::accounts
