#include "accounts/passwords/password_scheme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/passwords/password.h"

namespace restante::accounts {
namespace {

using testing::HasSubstr;
using testing::Not;

// All of them of "secret", by "doveadm pw -s SCHEME -p secret" of Dovecot 2.3.19, but for SSHA1
// and MD5's second form, which are the same as SSHA and PLAIN-MD5.
const std::vector<std::string> kSecrets = {
    "{PLAIN}secret",
    "{CLEAR}secret",
    "{CLEARTEXT}secret",
    "{PLAIN.B64}c2VjcmV0",
    "{PLAIN.HEX}736563726574",
    "{CRYPT}$2y$05$4l4bjPzJNtXoRsTz/z8T9eSZz8RCA0zEW2w75BwVFeQCgMSc5tBMy",
    "{CRYPT.B64}JDJ5JDA1JHE5ZE9yRHNQQTR5R0ZBaDVOUlRkYi4xaXZzajNKMFpPRlBCaWZhSU9IUTZOb0YyUkZmVGlT",
    "{DES-CRYPT}oyILK14dw3zIs",
    "{MD5-CRYPT}$1$0HcGylER$1GijXHLncc078oebtHFNV1",
    "{SHA256-CRYPT}$5$awtg7zE1gEB5.xIB$ZrrL0Klai2rp7FkW.5cqW2NXkpzMc5mOXv2qjDn8se5",
    "{MD5}$1$hnaENPaf$bfb80HkqRTmH23JGLKwGK.",
    "{MD5}5ebe2294ecd0e0f08eab7690d2a6ee69",
    "{SHA1}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "{SHA256.HEX}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
    "{SHA256}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
    "{SSHA}lL4kvWvpabTbHJ6MVnMNoLEzejn0xiik",
    "{SSHA1}lL4kvWvpabTbHJ6MVnMNoLEzejn0xiik",
    "{SSHA256}vJIb+vzcja/i2K+r2av+zhvoNdzL6V93SZST5WB6D20Pu0Ht",
    "{SSHA512.HEX}"
    "d6cfd9ec5019f0f80d3d9edfbd093cd7e05889908cc2ea8a303a6c2444b835a362a31bb89e33aa12892"
    "9ae8a9107fc41da47eaa0f7e76e7256f7421b7e6509c47aa154e1",
    "{SMD5}bIfXu4VfRP6byhaPXxTGqHgblHo=",
    "{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69",
    "{LDAP-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==",
    "{CRAM-MD5}cd3ba7deaad6e5ca23448ba42e379747a9e0f7f1fbc00c8a81bbaac395731b56",
    "{HMAC-MD5}cd3ba7deaad6e5ca23448ba42e379747a9e0f7f1fbc00c8a81bbaac395731b56",
    "{CRAM-MD5.B64}zTun3qrW5cojRIukLjeXR6ng9/H7wAyKgbuqw5VzG1Y=",
    "{PBKDF2}$1$RvG/u0rEYdR86Okl$5000$8c7212b138e0ae3ba42456d455feed088ade2c8f",
    "{SCRAM-SHA-1}4096,pfOshKeKBkIwyW8achyO5Q==,D7s9Dtp7oaBpM6LHt9uASbcmo0U=,"
    "Llc6qsbBJePluDvdr9GEdR4ELJE=",
    "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$BYF2pojX2LHl+oLKtegaKg$"
    "fqJgDXLfbMYxqewUOnwpAOaZjkgys1kwDUtyeEck5r4",
};

// Of "secret" as well: by slappasswd 2.5.13 with its modules argon2, pw-sha2 and pw-pbkdf2, and in
// the forms of 389 Directory Server and OpenLDAP's bcrypt module.
const std::vector<std::string> kOfLdap = {
    "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$njDckv5CW1wtEJms6IFfQQ$"
    "pQSvBkRGpJC8U5u9abZqBEvx9qg7GT+U+sisMrZVorg",
    "{SHA384}WKd1ukESvjAFrkQHznV9iP2nHUBJe7gCbsrFTU4//HIyzo3jq1rLMK45dg/ufFPt",
    "{SSHA384}0swje1o0oRAXDcx92K6cp3OmuSoGSZhQD60gvyT9Jza+spBqy8u59LFHt1mOvc0HoGlzeCNxAV8=",
    "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/"
    "isg==",
    "{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==",
    "{SMD5}0rZSMv4UZSQZ3m83TL59rNIw9gM=",
    "{PBKDF2}10000$gDDwJjzjXH/M/6d9ycwkJQ$pIZT0UNnuXp5S2D9CvfJ2O0r9j8",
    "{PBKDF2-SHA1}10000$Yf7S0gL8cD9yu31eqfyZ9A$1/DAtS7.YsdIB4wNBLsYcI2yEZc",
    "{PBKDF2-SHA256}10000$wRSJr8krpxB3bEdLrMSGdA$ogGFkDxleHMLoyvu.58gDB.DGJt0pqyrbLJp91hpIsI",
    "{PBKDF2-SHA512}10000$PNfM4g7raE5gEJveN1dr.A$50jt80lTRTTOB/GwHx4VgmX.l8nwVR8XVdAda0/"
    "l9s/cqnjqLGWXu3XtqVWQJQEziPvKxpA02I2RFevp76hx0g",
    "{PBKDF2_SHA256}AAAH0AABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY"
    "3ODk6Ozw9Pj9+/k0gCaO3Z4zQ9TB8yMyOMiJzKhgGkd+Yum/rd4d8QDVSp+gc51z8oVcDFZnM0edI2chS+gTYsN4SWMoz"
    "8OQpSwXKMOeSehAnomcrG0rr9qYLNS0mtDl9aunj+9ovRseqQLZ1OeulPy7Lf1ogC5ObMl4j515mwzyBZQKcl2KvJgYAm"
    "UmP/viCP7TlSiRrnw3FWEzE+1wqJ9vOlbnB0dEyx2a0S3PrXGPx+rK4qDyt25UDhDLIU6WT8niviGXbxPdg0Cc/Y/kOCn"
    "0dvBJN8vqcSqIIlFxTy4N4c172+SC6lMBS4HOySbLKZR4iIKg9k+oFnP5L8G6nn7aa++U/xMgd",
    "{BCRYPT}$2y$05$4l4bjPzJNtXoRsTz/z8T9eSZz8RCA0zEW2w75BwVFeQCgMSc5tBMy",
    "{CRYPT-SHA256}$5$awtg7zE1gEB5.xIB$ZrrL0Klai2rp7FkW.5cqW2NXkpzMc5mOXv2qjDn8se5",
};

std::vector<std::string> all_secrets() {
  std::vector<std::string> all = kSecrets;
  all.insert(all.end(), kOfLdap.begin(), kOfLdap.end());
  return all;
}

TEST(PasswordScheme, WhatOtherProgramsMakeVerifies) {
  for (const std::string& secret : all_secrets()) {
    const Status verified = verify_password(secret, "secret");
    EXPECT_TRUE(verified) << secret << ": " << verified.error().message();
    for (const char* wrong : {"Secret", "secre", "secret1"}) {
      const Status refused = verify_password(secret, wrong);
      EXPECT_EQ(refused ? Errc{} : refused.error().code, Errc::kAuth) << secret;
    }
  }
}

TEST(PasswordScheme, Pbkdf2MayHavePadding) {
  EXPECT_TRUE(verify_password(
      "{PBKDF2-SHA256}10000$wRSJr8krpxB3bEdLrMSGdA==$ogGFkDxleHMLoyvu+58gDB+DGJt0pqyrbLJp91hpIsI=",
      "secret"));
}

TEST(PasswordScheme, AnEndIsNeverCutOffUnseen) {
  for (const std::string& secret : all_secrets()) {
    if (find_scheme(split_secret(secret).scheme)->kind == SecretKind::kPlain) continue;
    for (std::size_t cut = secret.find('}') + 1; cut < secret.size(); ++cut)
      EXPECT_FALSE(verify_password(secret.substr(0, cut), "secret")) << secret << " at " << cut;
    if (!secret.starts_with("{DES-CRYPT}"))
      EXPECT_FALSE(verify_password(secret + "0", "secret")) << secret;
  }
}

TEST(PasswordScheme, WhatCannotBeVerifiedIsNamed) {
  for (const std::string name :
       {"NTLM", "LANMAN", "PLAIN-MD4", "DIGEST-MD5", "OTP", "RPA", "SKEY", "PLAIN-TRUNC", "SASL",
        "KERBEROS", "AES", "NS-MTA-MD5", "APR1", "PBKDF2_SHA512", "FUTURE-9", "SSHA512.B32"}) {
    const Status checked = check_secret("{" + name + "}hunter2");
    ASSERT_FALSE(checked) << name;
    EXPECT_THAT(checked.error().detail, HasSubstr("scheme " + name + " cannot be verified: "));
    EXPECT_THAT(checked.error().detail, Not(HasSubstr("hunter2")));
    EXPECT_EQ(verify_password("{" + name + "}hunter2", "hunter2").error().code, Errc::kSyntax);
  }
  // What stands between braces need be no scheme.
  EXPECT_THAT(check_secret("{pass word}").error().detail, Not(HasSubstr("word}")));
}

TEST(PasswordScheme, ClearPasswordsAreDecoded) {
  EXPECT_EQ(clear_password("{PLAIN.B64}c2VjcmV0").view(), "secret");
  EXPECT_EQ(clear_password("{CLEAR}secret").view(), "secret");
  EXPECT_TRUE(clear_password("{PLAIN.B64}c2VjcmV").empty());
  EXPECT_TRUE(clear_password("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=").empty());
  EXPECT_FALSE(check_secret("{PLAIN.HEX}00")) << "a NUL inside";
}

}  // namespace
}  // namespace restante::accounts
