#include "accounts/login/digest_login.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "accounts/passwords/cram_md5_secret.h"
#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

using Kind = DigestAttempt::Kind;

// The examples of RFC 1939 s.7 and RFC 2195 s.2.
const DigestAttempt kApop(Kind::kApop, "mrose", "<1896.697170952@dbc.mtview.ca.us>",
                          "c4c9334bac560ecc979e58001b3e22fb");
const DigestAttempt kCram(Kind::kCramMd5, "tim", "<1896.697170952@postoffice.reston.mci.net>",
                          "b913a602c7eda7a495b4e6e7334d3890");
const NameRules kRules("example.test", true);

Result<Account> check(const DigestAttempt& attempt, const std::string& secret,
                      bool enabled = true) {
  MemoryDirectory directory;
  for (const char* name : {"mrose@example.test", "tim@example.test"}) {
    directory.add(name, secret);
    directory.accounts[name].enabled = enabled;
  }
  return check_digest(directory, kRules, attempt);
}

TEST(DigestLogin, TakesTheExamplesOfTheRfcs) {
  EXPECT_EQ(check(kApop, "{PLAIN}tanstaaf")->name, "mrose@example.test");
  EXPECT_EQ(check(kCram, "{cleartext}tanstaaftanstaaf")->name, "tim@example.test");
}

// What Dovecot keeps for it ("doveadm pw -s CRAM-MD5"), of the same password.
TEST(DigestLogin, CramMd5WorksOfItsOwnStates) {
  const SecretString states = cram_md5_states("tanstaaftanstaaf");
  std::string hex;
  for (const char c : states.view()) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  EXPECT_EQ(check(kCram, "{CRAM-MD5}" + hex)->name, "tim@example.test");
  EXPECT_EQ(check(kCram, "{HMAC-MD5}" + hex)->name, "tim@example.test");
  EXPECT_FALSE(check(kApop, "{CRAM-MD5}" + hex)) << "APOP needs the password itself";
  hex.back() = hex.back() == '0' ? '1' : '0';
  EXPECT_EQ(check(kCram, "{CRAM-MD5}" + hex).error().code, Errc::kAuth);
}

TEST(DigestLogin, RefusesEverythingElseAlike) {
  const auto refused = [](const DigestAttempt& attempt, const std::string& secret,
                          bool enabled = true) {
    const auto account = check(attempt, secret, enabled);
    return !account && account.error().code == Errc::kAuth;
  };
  EXPECT_TRUE(refused(kApop, "{PLAIN}wrong"));
  EXPECT_TRUE(refused(kCram, "{PLAIN}wrong"));
  EXPECT_TRUE(refused(kApop, "{PLAIN}tanstaaf", false));
  EXPECT_TRUE(refused(kCram, "{PLAIN}tanstaaftanstaaf", false));
  EXPECT_TRUE(refused(kApop, "{PLAIN}"));
  EXPECT_TRUE(refused(kApop, "$argon2id$tanstaaf"));
  for (const std::string digest :
       {"", "c4c9334bac560ecc979e58001b3e22f", "c4c9334bac560ecc979e58001b3e22fc"})
    EXPECT_TRUE(
        refused(DigestAttempt(Kind::kApop, "mrose", kApop.challenge, digest), "{PLAIN}tanstaaf"));
  EXPECT_TRUE(refused(DigestAttempt(Kind::kApop, "nobody", kApop.challenge, kApop.digest),
                      "{PLAIN}tanstaaf"));
  EXPECT_TRUE(refused(DigestAttempt(Kind::kApop, "tim", kCram.challenge, kCram.digest),
                      "{PLAIN}tanstaaftanstaaf"));
}

TEST(DigestLogin, NobodyGetsInWithTheDigestOfNothing) {
  // What a name that is not there, and a hashed secret, are compared with.
  const DigestAttempt nothing(Kind::kCramMd5, "tim", "x", "5d3c9fb8c1ffb1f7ee0f9f2e20a7f7a1");
  const auto of_nothing = check(nothing, "$6$hash");
  EXPECT_FALSE(of_nothing);
}

TEST(DigestLogin, ABackEndThatIsDownIsNoWrongDigest) {
  MemoryDirectory directory;
  directory.broken = true;
  EXPECT_EQ(check_digest(directory, kRules, kApop).error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::accounts
