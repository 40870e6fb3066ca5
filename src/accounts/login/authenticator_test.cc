#include "accounts/login/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include "accounts/names/other_spellings.h"
#include "accounts/passwords/password.h"
#include "accounts/test_support.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() { directory.add("alice@x.test", "{PLAIN}secret"); }

  static AuthenticatorSettings settings(std::size_t entries = 100) {
    AuthenticatorSettings made;
    made.default_domain = "x.test";
    made.cache_entries_max = entries;
    return made;
  }
  Errc check(std::string_view name, std::string_view password) {
    const auto account = authenticator.check(name, password);
    return account ? Errc{} : account.error().code;
  }

  MemoryDirectory directory;
  ManualClock clock;
  Authenticator authenticator{directory, clock, settings()};
};

TEST_F(AuthenticatorTest, NamesAreMadeCanonical) {
  EXPECT_EQ(authenticator.check("Alice", "secret")->name, "alice@x.test");
  EXPECT_EQ(authenticator.check("alice@X.TEST", "secret")->name, "alice@x.test");
  EXPECT_TRUE(authenticator.check_cached("ALICE", "secret"));
}

// In words as a wrong password; the detail is the log's.
TEST_F(AuthenticatorTest, ALoginFromElsewhereIsAWrongOne) {
  const auto only = std::make_shared<const Networks>(*Networks::parse("192.0.2.0/24"));
  directory.accounts["alice@x.test"].networks = only;
  ASSERT_TRUE(authenticator.check("alice", "secret", "192.0.2.7"));
  EXPECT_TRUE(authenticator.check_cached("alice", "secret", "192.0.2.8"));
  for (const std::string_view peer : {"198.51.100.1", "::1", ""}) {
    EXPECT_FALSE(authenticator.check_cached("alice", "secret", peer)) << peer;
    for (const char* password : {"secret", "wrong"}) {
      const auto refused = authenticator.check("alice", password, peer);
      EXPECT_EQ(refused.error().code, Errc::kAuth);
      EXPECT_THAT(refused.error().detail, testing::HasSubstr("allow_nets")) << peer;
    }
  }
  Device phone;
  phone.label = "phone";
  const std::string letters = make_device_password();
  phone.tag = *device_tag("alice@x.test", letters);
  directory.accounts["alice@x.test"].devices = {phone};
  EXPECT_TRUE(authenticator.check("alice", letters, "192.0.2.7"));
  EXPECT_EQ(authenticator.check("alice", letters, "::1").error().code, Errc::kAuth);
  EXPECT_FALSE(authenticator.check_cached("alice", letters, "::1"));
}

TEST_F(AuthenticatorTest, AFaultOfTheOperatorIsNobodysWrongPassword) {
  for (const char* secret : {"{PLAIN}secret", ""}) {
    directory.accounts["alice@x.test"].secret = secret;
    directory.accounts["alice@x.test"].fault = "scheme NTLM cannot be verified: so";
    for (const char* password : {"secret", "wrong"}) {
      EXPECT_FALSE(authenticator.check_cached("alice", password));
      const auto refused = authenticator.check("alice", password);
      EXPECT_EQ(refused.error().code, Errc::kIo);
      EXPECT_THAT(refused.error().detail, testing::HasSubstr("alice@x.test: scheme NTLM"));
    }
  }
}

TEST_F(AuthenticatorTest, ALockedAccountIsRefusedLikeAnother) {
  directory.add("locked@x.test", "");
  directory.accounts["locked@x.test"].no_login = true;
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  EXPECT_EQ(check("locked", "secret"), Errc::kAuth) << "alice's password, as a price";
  EXPECT_EQ(check("locked", "wrong"), Errc::kAuth);
}

TEST_F(AuthenticatorTest, RefusalsAreAlike) {
  directory.add("off@x.test", "{PLAIN}secret");
  directory.accounts["off@x.test"].enabled = false;
  directory.add("mail-only@x.test", "{PLAIN}secret");
  directory.accounts["mail-only@x.test"].no_login = true;
  for (const auto& [name, password] : std::vector<std::pair<std::string, std::string>>{
           {"alice", "Secret"},
           {"alice", ""},
           {"alice", "secret "},
           {"alice", std::string(limits::kPasswordBytesMax + 1, 'x')},
           {"nobody", "secret"},
           {"off", "secret"},
           {"off", "wrong"},
           {"mail-only", "secret"},
           {"", "secret"},
           {std::string("alice\0", 6), "secret"},
           {"alice\r\n", "secret"},
           {"' OR 1=1 --", "secret"},
           {"alice@elsewhere.test", "secret"}}) {
    EXPECT_EQ(check(name, password), Errc::kAuth) << name << " / " << password;
    EXPECT_FALSE(authenticator.check_cached(name, password)) << name << " / " << password;
  }
}

TEST_F(AuthenticatorTest, TroubleIsNotAWrongPassword) {
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  directory.broken = true;
  EXPECT_EQ(check("alice", "secret"), Errc::kIo);
  EXPECT_EQ(check("nobody", "secret"), Errc::kIo);
  EXPECT_FALSE(authenticator.check_cached("alice", "secret"));
  directory.broken = false;
}

// Nor is it an outage, after which the client's next try would do.
TEST_F(AuthenticatorTest, ASecretThatNobodyCanCheckIsTheOperatorsForGood) {
  for (const char* secret : {"{UNKNOWN}secret", "{SASL}alice@x.test", "secret", ""}) {
    directory.add("alice@x.test", secret);
    for (const char* password : {"secret", "wrong"})
      EXPECT_EQ(check("alice", password), Errc::kCorrupt) << secret;
  }
  EXPECT_THAT(authenticator.check("alice", "x").error().detail,
              testing::HasSubstr("alice@x.test: no password is stored"));
}

TEST_F(AuthenticatorTest, RemembersOnlyWhatWasVerified) {
  EXPECT_FALSE(authenticator.check_cached("alice", "secret"));
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  const auto cached = authenticator.check_cached("alice", "secret");
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->name, "alice@x.test");
  EXPECT_FALSE(authenticator.check_cached("alice", "Secret"));
  EXPECT_FALSE(authenticator.check_cached("alice", "secre"));
  EXPECT_FALSE(authenticator.check_cached("alice", ""));
  EXPECT_EQ(check("alice", "wrong"), Errc::kAuth);
  EXPECT_FALSE(authenticator.check_cached("alice", "wrong")) << "looked at, and found wrong";
  EXPECT_TRUE(authenticator.check_cached("alice", "secret")) << "a wrong one forgets nothing";
}

// Name, password and secret must not run together: "ab" + "c" is not "a" + "bc".
TEST_F(AuthenticatorTest, PartsDoNotRunTogether) {
  directory.add("bob@x.test", "{PLAIN}ab{PLAIN}");
  ASSERT_TRUE(authenticator.check("bob", "ab{PLAIN}"));
  directory.add("bob@x.test", "{PLAIN}{PLAIN}ab{PLAIN}");
  EXPECT_FALSE(authenticator.check_cached("bob", "ab"));
}

TEST_F(AuthenticatorTest, ChangesCountAtOnce) {
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  directory.accounts["alice@x.test"].enabled = false;
  EXPECT_FALSE(authenticator.check_cached("alice", "secret"));
  EXPECT_EQ(check("alice", "secret"), Errc::kAuth);
  directory.accounts["alice@x.test"].enabled = true;
  EXPECT_TRUE(authenticator.check_cached("alice", "secret"));
  directory.add("alice@x.test", "{CLEARTEXT}secret");
  EXPECT_FALSE(authenticator.check_cached("alice", "secret")) << "another secret";
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  directory.accounts.clear();
  EXPECT_FALSE(authenticator.check_cached("alice", "secret"));
}

TEST_F(AuthenticatorTest, ForgetsWithAge) {
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  clock.advance(std::chrono::minutes(60) - std::chrono::milliseconds(1));
  EXPECT_TRUE(authenticator.check_cached("alice", "secret"));
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(authenticator.check_cached("alice", "secret")) << "hits do not prolong it";
  ASSERT_TRUE(authenticator.check("alice", "secret"));
  clock.advance(std::chrono::milliseconds(-1));
  EXPECT_FALSE(authenticator.check_cached("alice", "secret")) << "the clock was set back";
}

TEST_F(AuthenticatorTest, IsBounded) {
  Authenticator small(directory, clock, settings(10));
  for (int i = 0; i < 100; ++i) {
    const std::string name = "u" + std::to_string(i);
    directory.add(name + "@x.test");
    ASSERT_TRUE(small.check(name, "secret"));
    EXPECT_TRUE(small.check_cached(name, "secret")) << "the newest is always there";
  }
  int cached = 0;
  for (int i = 0; i < 100; ++i)
    if (small.check_cached("u" + std::to_string(i), "secret")) ++cached;
  EXPECT_LE(cached, 10);
  EXPECT_GE(cached, 5);
  Authenticator none(directory, clock, settings(0));
  ASSERT_TRUE(none.check("alice", "secret"));
  EXPECT_FALSE(none.check_cached("alice", "secret"));
}

// The price, not the clock: an unknown name must run the hash that new accounts have. Seen from
// outside by the CPU time of this thread, with a wide margin ({PLAIN} costs next to nothing).
TEST_F(AuthenticatorTest, UnknownNamesCostAHash) {
  const auto cpu = [] {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
  };
  const auto cost = [&](std::string_view name) {
    const auto before = cpu();
    EXPECT_EQ(check(name, "wrong"), Errc::kAuth);
    return cpu() - before;
  };
  directory.add("bob@x.test", *make_secret("secret"));
  const auto known = cost("bob");
  const auto unknown = cost("nobody");
  const auto invalid = cost(std::string_view("a\0b", 3));
  EXPECT_GT(unknown, known / 4);
  EXPECT_GT(known, unknown / 4);
  EXPECT_GT(invalid, known / 4);
}

// Where secrets were imported, the usual price would tell the unknown names from them.
TEST_F(AuthenticatorTest, UnknownNamesCostWhatTheAccountsDo) {
  EXPECT_EQ(check("alice", "wrong"), Errc::kAuth);
  EXPECT_EQ(authenticator.look_up("nobody")->account.secret, "{PLAIN}secret");
  EXPECT_EQ(check("nobody", "secret"), Errc::kAuth) << "right for the sample, but whose is it?";
}

TEST_F(AuthenticatorTest, AnotherSpellingIsTheSameAccountAndItsRemovalCountsForAll) {
  directory.add("m\u00fcller@b\u00fccher.test");
  const std::string typed = "M\u00dcLLER@xn--bcher-kva.test";
  EXPECT_EQ(authenticator.check(typed, "secret")->name, "m\u00fcller@b\u00fccher.test");
  EXPECT_EQ(authenticator.check_cached(typed, "secret")->name, "m\u00fcller@b\u00fccher.test");
  EXPECT_TRUE(authenticator.check_cached("m\u00fcller@b\u00fccher.test", "secret"));
  EXPECT_FALSE(authenticator.check_cached(typed, "wrong"));
  directory.accounts.erase("m\u00fcller@b\u00fccher.test");
  EXPECT_FALSE(authenticator.check_cached(typed, "secret"));
  EXPECT_EQ(check(typed, "secret"), Errc::kAuth);
  // From now on this spelling is another account.
  directory.add("m\u00fcller@xn--bcher-kva.test", "{PLAIN}other");
  EXPECT_FALSE(authenticator.check_cached(typed, "secret"));
  EXPECT_EQ(authenticator.check(typed, "other")->name, "m\u00fcller@xn--bcher-kva.test");
}

/// A back end elsewhere, which knows only exact names.
class Far : public MemoryDirectory {
 public:
  [[nodiscard]] bool is_slow() const override { return true; }
  Result<Account> find_alike(std::string_view name) override {
    return ask_other_spellings(name, fold,
                               [this](const std::string& other) { return find(other); });
  }
};

TEST(AuthenticatorFar, WhatIsRememberedBelongsToTheSpellingThatWasAsked) {
  Far directory;
  const ManualClock clock;
  directory.add("info@xn--bcher-kva.test", "{PLAIN}secret");
  Authenticator authenticator(directory, clock, AuthenticatorSettings());
  const std::string typed = "Info@B\u00dcCHER.test";
  EXPECT_EQ(authenticator.check(typed, "secret")->name, "info@xn--bcher-kva.test");
  directory.asked = 0;
  EXPECT_EQ(authenticator.check_cached(typed, "secret")->name, "info@xn--bcher-kva.test");
  EXPECT_FALSE(authenticator.check_cached("info@b\u00fccher.test", "secret")) << "not asked yet";
  EXPECT_EQ(directory.asked, 0);
  ASSERT_TRUE(authenticator.check("info@b\u00fccher.test", "secret"));
  // A new password, used under one spelling, ends the old one under all.
  directory.add("info@xn--bcher-kva.test", "{PLAIN}new");
  ASSERT_TRUE(authenticator.check(typed, "new"));
  EXPECT_FALSE(authenticator.check_cached("info@b\u00fccher.test", "secret"));
  // So does a removal that was noticed under one.
  directory.accounts.clear();
  EXPECT_FALSE(authenticator.check("info@xn--bcher-kva.test", "new"));
  EXPECT_FALSE(authenticator.check_cached(typed, "new"));
}

/// One entry by several names: all but the second are of the maildrop that the entry has.
class ManyNames : public Far {
 public:
  Result<Account> find(std::string_view name) override {
    ++asked;
    if (gone) return Error(Errc::kNotFound);
    Account account;
    account.name = name == "other@x.test" ? "other@x.test" : "u1@x.test";
    account.secret = "{PLAIN}" + password;
    return account;
  }
  std::string password = "secret";
  bool gone = false;
};

TEST(AuthenticatorFar, OneAccountByManyNamesIsRememberedByEach) {
  ManyNames directory;
  const ManualClock clock;
  Authenticator authenticator(directory, clock, AuthenticatorSettings());
  for (const char* name : {"alice@x.test", "al@y.test", "other@x.test"}) {
    ASSERT_TRUE(authenticator.check(name, "secret")) << name;
    directory.asked = 0;
    ASSERT_TRUE(authenticator.check_cached(name, "secret")) << name;
    EXPECT_EQ(directory.asked, 0);
  }
  EXPECT_EQ(authenticator.check_cached("alice@x.test", "secret")->name, "u1@x.test");
  EXPECT_FALSE(authenticator.check_cached("u1@x.test", "secret")) << "not asked yet";
  // The new password ends the old one by every name of the account, and of no other.
  directory.password = "new";
  ASSERT_TRUE(authenticator.check("al@y.test", "new"));
  EXPECT_FALSE(authenticator.check_cached("alice@x.test", "secret"));
  EXPECT_TRUE(authenticator.check_cached("other@x.test", "secret"));
  directory.gone = true;
  EXPECT_FALSE(authenticator.check("alice@x.test", "new"));
  EXPECT_FALSE(authenticator.check_cached("al@y.test", "new"));
}

}  // namespace
}  // namespace restante::accounts
