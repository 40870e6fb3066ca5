#include "accounts/passwords/hash_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/passwords/password.h"

namespace restante::accounts {
namespace {

using testing::HasSubstr;

const std::string kHash(43, 'a');

TEST(HashCost, WhatProgramsMakeIsWithinIt) {
  for (const std::string& data :
       {"$6$rounds=656000$saltsalt$" + kHash, "$5$saltsalt$" + kHash, "$2y$12$" + kHash,
        "$y$j9T$saltsaltsalt$" + kHash, "$gy$j9T$saltsaltsalt$" + kHash,
        "$7$CU..../....saltsalt$" + kHash, "$sha1$40000$salt$" + kHash,
        std::string("aaQSqAReePlq6"), "$1$salt$" + kHash})
    EXPECT_TRUE(check_crypt_cost(data)) << data;
  EXPECT_TRUE(check_argon2_cost("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$" + kHash));
}

TEST(HashCost, WhatWouldStopTheServerIsNot) {
  for (const std::string& data :
       {"$6$rounds=999999999$saltsalt$" + kHash,
        "$5$rounds=99999999999999999999999$saltsalt$" + kHash, "$2y$31$" + kHash, "$2b$17$" + kHash,
        "$y$jXT$saltsaltsalt$" + kHash, "$y$jzT$saltsaltsalt$" + kHash,
        "$7$zU..../....saltsalt$" + kHash, "$7$CU.../....saltsalt/" + kHash,
        "$sha1$4000000000$salt$" + kHash}) {
    const Status checked = check_crypt_cost(data);
    ASSERT_FALSE(checked) << data;
    EXPECT_THAT(checked.error().detail, HasSubstr("it asks for more than "));
  }
  EXPECT_FALSE(check_argon2_cost("$argon2id$v=19$m=4194304,t=1,p=1$c2FsdA$" + kHash));
  EXPECT_FALSE(check_argon2_cost("$argon2id$v=19$m=64,t=4000000,p=1$c2FsdA$" + kHash));
}

TEST(HashCost, TheSecretIsRefusedByName) {
  const std::string dear = "{PBKDF2}$1$salt$4000000000$8c7212b138e0ae3ba42456d455feed088ade2c8f";
  EXPECT_THAT(check_secret(dear).error().detail,
              HasSubstr("scheme PBKDF2 cannot be verified: it asks for more than"));
  const std::string rounds = "{SHA512-CRYPT}$6$rounds=999999999$saltsalt$" + std::string(86, 'a');
  EXPECT_THAT(check_secret(rounds).error().detail,
              HasSubstr("scheme SHA512-CRYPT cannot be verified: it asks for more than"));
  EXPECT_EQ(verify_password(rounds, "x").error().code, Errc::kSyntax);
}

}  // namespace
}  // namespace restante::accounts
