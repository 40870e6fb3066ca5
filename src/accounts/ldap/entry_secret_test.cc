#include "accounts/ldap/entry_secret.h"

#include <gtest/gtest.h>

namespace restante::accounts::ldap {
namespace {

constexpr const char* kSsha = "{SSHA}lL4kvWvpabTbHJ6MVnMNoLEzejn0xiik";

TEST(LdapEntrySecret, TheFirstThatCanBeVerifiedCounts) {
  EXPECT_EQ(secret_of({"{SASL}alice@x.test", kSsha, "{PLAIN}x"}, "userPassword").secret, kSsha);
  EXPECT_EQ(secret_of({"{SASL}alice@x.test", "{NOPE}x"}, "userPassword").secret,
            "{SASL}alice@x.test");
  EXPECT_EQ(secret_of({}, "userPassword").secret, "");
  EXPECT_FALSE(secret_of({}, "userPassword").locked);
}

TEST(LdapEntrySecret, UserPasswordMayBeThePasswordItself) {
  EXPECT_EQ(secret_of({"se}cr{et"}, "USERPASSWORD").secret, "{PLAIN}se}cr{et");
  EXPECT_EQ(secret_of({"{secret"}, "userPassword").secret, "{PLAIN}{secret");
  EXPECT_EQ(secret_of({"!secret"}, "userPassword").secret, "{PLAIN}!secret");
  EXPECT_EQ(secret_of({"secret"}, "mailPassword").secret, "secret") << "which nobody can check";
  EXPECT_EQ(secret_of({"$9$unknown"}, "userPassword").secret, "$9$unknown");
}

TEST(LdapEntrySecret, ALockIsNoPassword) {
  for (const char* locked : {"!", "!!", "*", "{CRYPT}*", "{CRYPT}!$6$salt$hash", "!$6$salt$hash",
                             "{SSHA}!lL4kvWvpabTbHJ6MVnMNoLEzejn0xiik"}) {
    const EntrySecret found = secret_of({locked}, "userPassword");
    EXPECT_TRUE(found.locked) << locked;
    EXPECT_EQ(found.secret, "") << locked;
    EXPECT_EQ(secret_of({locked, kSsha}, "userPassword").secret, kSsha);
    EXPECT_FALSE(secret_of({locked, kSsha}, "userPassword").locked);
  }
  EXPECT_FALSE(secret_of({"{PLAIN}!secret"}, "userPassword").locked);
  EXPECT_FALSE(secret_of({"!", "{NOPE}x"}, "userPassword").locked) << "the operator has to know";
}

}  // namespace
}  // namespace restante::accounts::ldap
