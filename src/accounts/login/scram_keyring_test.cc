#include "accounts/login/scram_keyring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "accounts/passwords/password.h"
#include "accounts/passwords/scram_secret.h"
#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

using sasl::Hash;

ScramSettings settings(std::string_view key = "0123456789abcdef0123456789abcdef") {
  ScramSettings out;
  out.names = NameRules("x.test", true);
  out.salt_key = SecretString(key);
  return out;
}

std::string scram_secret(std::string_view password, Hash hash = Hash::kSha256) {
  return format_scram_secret(hash, sasl::derive_scram_keys(hash, password, "its own salt", 4096));
}

class Keyring : public ::testing::Test {
 protected:
  Keyring() {
    directory.add("scram@x.test", scram_secret("pencil"));
    directory.add("plain@x.test", "{PLAIN}pencil");
    directory.add("hashed@x.test", "{SHA512-CRYPT}$6$salt$hash");
    directory.add("off@x.test", scram_secret("pencil"));
    directory.accounts["off@x.test"].enabled = false;
  }
  static bool fits(const ScramAnswer& answer, std::string_view password) {
    return sasl::derive_scram_keys(Hash::kSha256, password, answer.keys.salt,
                                   answer.keys.iterations)
               .stored_key == answer.keys.stored_key;
  }

  MemoryDirectory directory;
  ScramKeyring ring{directory, settings()};
};

TEST_F(Keyring, HasTheKeysOfScramAndPlainSecrets) {
  for (const char* name : {"scram", "plain", "Plain@X.test"}) {
    const auto answer = ring.keys(Hash::kSha256, name, "");
    ASSERT_TRUE(answer);
    EXPECT_TRUE(fits(*answer, "pencil")) << name;
    EXPECT_FALSE(fits(*answer, "pencils")) << name;
    EXPECT_TRUE(ring.admit(*answer, "")) << name;
  }
  EXPECT_EQ(ring.keys(Hash::kSha256, "scram", "")->keys.salt, "its own salt");
}

TEST_F(Keyring, APlainSecretMeetsAClientThatPreparesItsPassword) {
  directory.add("plain@x.test", "{PLAIN}p\x61\xCC\x88ss");
  EXPECT_TRUE(fits(*ring.keys(Hash::kSha256, "plain", ""), "p\xC3\xA4ss"));
}

TEST_F(Keyring, WhoHasNoKeysGetsStableMadeUpOnes) {
  std::set<std::string> salts;
  for (const char* name : {"hashed", "nobody", "Nobody@x.test", "\xff", ""}) {
    const auto answer = ring.keys(Hash::kSha256, name, "");
    ASSERT_TRUE(answer) << name;
    EXPECT_EQ(answer->account, "");
    EXPECT_EQ(answer->keys.salt.size(), 16U);
    EXPECT_EQ(answer->keys.iterations, 4096U);
    EXPECT_FALSE(fits(*answer, "pencil"));
    EXPECT_FALSE(fits(*answer, ""));
    EXPECT_FALSE(ring.admit(*answer, ""));
    EXPECT_EQ(ring.keys(Hash::kSha256, name, "")->keys.salt, answer->keys.salt);
    ScramKeyring restarted(directory, settings());
    EXPECT_EQ(restarted.keys(Hash::kSha256, name, "")->keys.salt, answer->keys.salt);
    ScramKeyring other(directory, settings("another"));
    EXPECT_NE(other.keys(Hash::kSha256, name, "")->keys.salt, answer->keys.salt);
    EXPECT_NE(ring.keys(Hash::kSha1, name, "")->keys.salt, answer->keys.salt);
    salts.insert(answer->keys.salt);
  }
  EXPECT_EQ(salts.size(), 4U);  // Two spellings of one unknown name get one salt.
}

TEST_F(Keyring, ADisabledAccountKeepsItsSaltAndFitsNothing) {
  const auto answer = ring.keys(Hash::kSha256, "off", "");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->keys.salt, "its own salt");
  EXPECT_FALSE(fits(*answer, "pencil"));
  EXPECT_FALSE(ring.admit(*answer, ""));
}

TEST_F(Keyring, AnAccountElsewhereKeepsItsSaltAndFitsNothing) {
  const auto only = std::make_shared<const Networks>(*Networks::parse("192.0.2.0/24"));
  for (const char* name : {"scram@x.test", "plain@x.test"}) {
    directory.accounts[name].networks = only;
    const auto inside = ring.keys(Hash::kSha256, name, "192.0.2.1");
    const auto outside = ring.keys(Hash::kSha256, name, "198.51.100.1");
    EXPECT_TRUE(fits(*inside, "pencil"));
    EXPECT_EQ(outside->keys.salt, inside->keys.salt);
    EXPECT_FALSE(fits(*outside, "pencil"));
    EXPECT_NE(outside->barred.find("allow_nets"), std::string::npos) << "for the log";
    EXPECT_TRUE(ring.admit(*inside, "192.0.2.1"));
    EXPECT_FALSE(ring.admit(*inside, "198.51.100.1"));
  }
}

TEST_F(Keyring, KeysOfTheOtherHashAreNone) {
  EXPECT_EQ(ring.keys(Hash::kSha1, "scram", "")->account, "");
}

TEST_F(Keyring, WhatChangesDuringTheExchangeCounts) {
  const auto answer = ring.keys(Hash::kSha256, "scram", "");
  const Account before = directory.accounts["scram@x.test"];
  directory.accounts["scram@x.test"].enabled = false;
  EXPECT_EQ(ring.admit(*answer, "").error().code, Errc::kAuth);
  directory.accounts["scram@x.test"] = before;
  directory.accounts["scram@x.test"].secret = scram_secret("new");
  EXPECT_EQ(ring.admit(*answer, "").error().code, Errc::kAuth);
  directory.accounts.erase("scram@x.test");
  EXPECT_EQ(ring.admit(*answer, "").error().code, Errc::kAuth);
  directory.broken = true;
  EXPECT_EQ(ring.admit(*answer, "").error().code, Errc::kIo);
  EXPECT_EQ(ring.keys(Hash::kSha256, "scram", "").error().code, Errc::kIo);
}

TEST(SaltKey, IsMadeOnceAndForItsOwnerAlone) {
  const TempDir folder;
  const auto first = ensure_salt_key(folder / "key");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 32U);
  EXPECT_EQ(ensure_salt_key(folder / "key")->view(), first->view());
  EXPECT_NE(ensure_salt_key(folder / "other")->view(), first->view());
  struct stat found {};
  ASSERT_EQ(::stat((folder / "key").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST(SaltKey, IsNotGuessedWhenItIsDamaged) {
  const TempDir folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}}) {
    folder.write("key", std::string(size, 'k'));
    EXPECT_EQ(ensure_salt_key(folder / "key").error().code, Errc::kCorrupt);
  }
  EXPECT_EQ(ensure_salt_key(folder / "missing/key").error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::accounts
