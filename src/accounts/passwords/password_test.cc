#include "accounts/passwords/password.h"

#include <crypt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include "base/limits.h"

namespace restante::accounts {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A hash as crypt(3) of this machine makes it, as cheap as the method allows.
std::string crypt_hash(const std::string& password, const char* prefix) {
  struct crypt_data scratch {};
  const bool has_cost = std::string_view(prefix).starts_with("$") && prefix[1] != '1';
  const unsigned long cheapest = has_cost ? 1 : 0;
  const char* const setting = crypt_gensalt_rn(prefix, cheapest, nullptr, 0, scratch.output,
                                               static_cast<int>(sizeof(scratch.output)));
  if (setting == nullptr) return {};
  const std::string kept(setting);
  const char* const hashed =
      crypt_rn(password.c_str(), kept.c_str(), &scratch, static_cast<int>(sizeof(scratch)));
  return hashed == nullptr ? std::string() : std::string(hashed);
}

Errc verdict(std::string_view secret, std::string_view password) {
  const Status status = verify_password(secret, password);
  return status ? Errc{} : status.error().code;
}

TEST(Password, CryptSchemes) {
  struct Case {
    const char* scheme;
    const char* prefix;
  };
  for (const Case& row :
       {Case{"{YESCRYPT}", "$y$"}, Case{"{YESCRYPT}", "$gy$"}, Case{"{SHA512-CRYPT}", "$6$"},
        Case{"{SHA256-CRYPT}", "$5$"}, Case{"{MD5-CRYPT}", "$1$"}, Case{"{CRYPT}", "$6$"},
        Case{"", "$y$"}, Case{"{sha512-crypt}", "$6$"}}) {
    const std::string hash = crypt_hash("p\xC3\xA4ss w:rd%", row.prefix);
    ASSERT_FALSE(hash.empty()) << row.prefix;
    const std::string secret = row.scheme + hash;
    EXPECT_TRUE(verify_password(secret, "p\xC3\xA4ss w:rd%")) << secret;
    EXPECT_TRUE(is_known_scheme(secret)) << secret;
    for (const std::string_view wrong : {"p\xC3\xA4ss w:r", "P\xC3\xA4SS w:rd%", "x", ""})
      EXPECT_EQ(verdict(secret, wrong), Errc::kAuth) << secret << " / " << wrong;
    // What follows a NUL must count, though crypt(3) does not see it.
    EXPECT_EQ(verdict(secret, std::string_view("p\xC3\xA4ss w:rd%\0x", 14)), Errc::kAuth) << secret;
  }
}

// DES looks at eight characters only; that is the scheme's weakness, and what an import brings.
TEST(Password, OldDes) {
  const std::string secret = "{CRYPT}" + crypt_hash("secret", "");
  EXPECT_TRUE(verify_password(secret, "secret"));
  EXPECT_EQ(verdict(secret, "Secret"), Errc::kAuth);
  EXPECT_EQ(verdict(secret.substr(7), "secret"), Errc::kSyntax) << "only with its scheme";
}

TEST(Password, Bcrypt) {
  struct crypt_data scratch {};
  const char* const setting = crypt_gensalt_rn("$2b$", 4, nullptr, 0, scratch.output,
                                               static_cast<int>(sizeof(scratch.output)));
  ASSERT_NE(setting, nullptr);
  const std::string kept(setting);
  const std::string hash =
      crypt_rn("secret", kept.c_str(), &scratch, static_cast<int>(sizeof(scratch)));
  EXPECT_TRUE(verify_password("{BLF-CRYPT}" + hash, "secret"));
  EXPECT_TRUE(verify_password(hash, "secret"));
  EXPECT_EQ(verdict("{BLF-CRYPT}" + hash, "Secret"), Errc::kAuth);
}

// Made by other implementations than our crypt(3) and libsodium: OpenSSL's, and those of the
// algorithms' own test sets.
TEST(Password, KnownVectors) {
  EXPECT_TRUE(
      verify_password("{SHA512-CRYPT}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/"
                      "O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
                      "Hello world!"));
  EXPECT_TRUE(verify_password(
      "{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "Hello world!"));
  EXPECT_TRUE(verify_password(
      "{BLF-CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"));
  // Two lanes, which libsodium itself never makes.
  EXPECT_TRUE(
      verify_password("{ARGON2ID}$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$"
                      "bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
                      "password"));
}

TEST(Password, Plain) {
  for (const std::string_view scheme : {"{PLAIN}", "{CLEARTEXT}", "{plain}"}) {
    const std::string secret = std::string(scheme) + "se}cr{et $1$";
    EXPECT_TRUE(verify_password(secret, "se}cr{et $1$"));
    for (const std::string_view wrong : {"", "se}cr{et $1", "se}cr{et $1$x", "SE}cr{et $1$"})
      EXPECT_EQ(verdict(secret, wrong), Errc::kAuth);
  }
}

TEST(Password, Argon2) {
  const auto secret = make_secret("gr\xC3\xBC\xC3\x9F");
  ASSERT_TRUE(secret);
  EXPECT_THAT(*secret, StartsWith("{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(verify_password(*secret, "gr\xC3\xBC\xC3\x9F"));
  EXPECT_TRUE(verify_password(secret->substr(10), "gr\xC3\xBC\xC3\x9F")) << "without {ARGON2ID}";
  EXPECT_EQ(verdict(*secret, "gruss"), Errc::kAuth);
  EXPECT_NE(*make_secret("gr\xC3\xBC\xC3\x9F"), *secret) << "the salt is fresh each time";
}

TEST(Password, Argon2i) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  ASSERT_EQ(crypto_pwhash_str_alg(text.data(), "secret", 6, 3, 8192, crypto_pwhash_ALG_ARGON2I13),
            0);
  const std::string secret = std::string("{ARGON2I}") + text.data();
  EXPECT_TRUE(verify_password(secret, "secret"));
  EXPECT_EQ(verdict(secret, "Secret"), Errc::kAuth);
}

TEST(Password, UnknownAndMalformedNeverMatch) {
  const std::string sha512 = crypt_hash("secret", "$6$");
  const std::vector<std::string> bad = {
      "",
      "secret",
      "{}secret",
      "{",
      "{PLAIN",
      "{PLAIN}",
      "{SCRAM-SHA-256}secret",
      "{PLAIN.B64}secret",
      "{ PLAIN}secret",
      "{SHA512-CRYPT}",
      "{SHA512-CRYPT}secret",
      "{SHA256-CRYPT}" + sha512,
      "{CRYPT}*0",
      "{CRYPT}*",
      "{CRYPT}!" + sha512,
      "!" + sha512,
      "*",
      "x",
      "$",
      "$9$unknown$method",
      "{ARGON2ID}",
      "{ARGON2ID}$argon2id$",
      "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$",
      "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$" + std::string(200, 'a'),
      "{ARGON2I}$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
      std::string("{PLAIN}se\0cret", 14),
      "{PLAIN}secret\r\n",
  };
  for (const std::string& secret : bad) {
    for (const std::string_view password : {"secret", "", "*0", "*", "x"})
      EXPECT_EQ(verdict(secret, password), Errc::kSyntax) << secret << " / " << password;
    EXPECT_FALSE(is_known_scheme(secret)) << secret;
  }
}

TEST(Password, ErrorsDoNotRepeatTheSecret) {
  for (const std::string_view secret : {"hunter2", "{NOPE}hunter2", "{SHA512-CRYPT}hunter2"})
    EXPECT_THAT(check_secret(secret).error().message(), Not(HasSubstr("hunter2")));
}

TEST(Password, NoneIsNamedAsSuch) {
  EXPECT_THAT(check_secret("").error().message(), HasSubstr("no password is stored"));
}

TEST(Password, NewOnesHaveLimits) {
  EXPECT_EQ(make_secret("").error().code, Errc::kSyntax);
  EXPECT_EQ(make_secret("a\nb").error().code, Errc::kSyntax);
  EXPECT_EQ(make_secret(std::string_view("a\0b", 3)).error().code, Errc::kSyntax);
  EXPECT_EQ(make_secret(std::string(limits::kPasswordBytesMax + 1, 'x')).error().code,
            Errc::kLimit);
}

TEST(Password, SchemeNames) {
  EXPECT_EQ(scheme_of("{argon2id}$argon2id$…"), "ARGON2ID");
  EXPECT_EQ(scheme_of("$argon2id$…"), "ARGON2ID");
  EXPECT_EQ(scheme_of("$6$…"), "CRYPT");
  EXPECT_EQ(scheme_of("hunter2"), "");
}

TEST(Password, Wipe) {
  std::string text = "hunter2";
  wipe(text);
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace restante::accounts
