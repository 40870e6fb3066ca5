#include "accounts/chain/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/login/authenticator.h"
#include "accounts/login/login_name.h"
#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

using testing::ElementsAre;

/// A MemoryDirectory that the test owns, and that may be slow.
class Borrowed : public Directory {
 public:
  Borrowed(MemoryDirectory& directory, bool slow) : directory_(directory), slow_(slow) {}
  [[nodiscard]] bool is_slow() const override { return slow_; }
  Result<Account> find(std::string_view name) override { return directory_.find(name); }
  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    return directory_.find_alias(address);
  }
  Result<Account> find_alike(std::string_view name) override { return directory_.find_alike(name); }
  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    return directory_.find_alias_alike(address);
  }
  Result<std::vector<SpellingClash>> spelling_clashes() override {
    return std::vector<SpellingClash>{{place_of({}), "other"}};
  }
  Result<bool> has_domain(std::string_view domain) override {
    return directory_.has_domain(domain);
  }
  Result<std::vector<AccountCopy>> copies() override {
    if (directory_.broken) return Error(Errc::kIo, "down");
    return std::vector<AccountCopy>{{slow_ ? "bob@y.test" : "carol@x.test", {"copy", "t"}},
                                    {slow_ ? "dave@y.test" : "alice@x.test", {"copy", "t"}}};
  }
  Status reload() override {
    return directory_.broken ? Status(Error(Errc::kIo, "disk is gone")) : ok();
  }
  [[nodiscard]] std::string place_of(const Account& /*account*/) const override {
    return slow_ ? "far" : "near";
  }

 private:
  MemoryDirectory& directory_;
  const bool slow_;
};

class ChainTest : public testing::Test {
 protected:
  ChainTest() {
    near.add("alice@x.test", "{PLAIN}near");
    far.add("alice@x.test", "{PLAIN}far");
    far.add("bob@y.test", "{PLAIN}far");
    near.aliases["team@x.test"] = {"alice@x.test"};
    far.aliases["team@x.test"] = {"bob@y.test"};
    far.aliases["all@x.test"] = {"bob@y.test"};
    std::vector<std::unique_ptr<Directory>> both;
    both.push_back(std::make_unique<Borrowed>(near, false));
    both.push_back(std::make_unique<Borrowed>(far, true));
    chain = chain::make_directory(std::move(both));
  }

  MemoryDirectory near;
  MemoryDirectory far;
  std::unique_ptr<Directory> chain;
};

TEST_F(ChainTest, TheOwnerOfAMaildropIsLookedForInOrder) {
  EXPECT_EQ(chain->find_owner("alice@x.test")->source, 0U);
  EXPECT_EQ(chain->find_owner("bob@y.test")->source, 1U);
  EXPECT_EQ(chain->find_owner("nobody@x.test").error().code, Errc::kNotFound);
  near.broken = true;
  EXPECT_EQ(chain->find_owner("bob@y.test").error().code, Errc::kIo) << "never a wrong one";
}

TEST_F(ChainTest, TheFirstThatKnowsANameHasIt) {
  EXPECT_EQ(chain->find("alice@x.test")->secret, "{PLAIN}near");
  EXPECT_EQ(chain->find("bob@y.test")->secret, "{PLAIN}far");
  EXPECT_EQ(chain->find("nobody@x.test").error().code, Errc::kNotFound);
  EXPECT_THAT(*chain->find_alias("team@x.test"), ElementsAre("alice@x.test"));
  EXPECT_THAT(*chain->find_alias("all@x.test"), ElementsAre("bob@y.test"));
  EXPECT_EQ(chain->find_alias("bob@y.test").error().code, Errc::kNotFound);
  EXPECT_TRUE(*chain->has_domain("x.test"));
  EXPECT_TRUE(*chain->has_domain("y.test"));
  EXPECT_FALSE(*chain->has_domain("z.test"));
  EXPECT_EQ(chain->place_of(*chain->find("alice@x.test")), "near");
  EXPECT_EQ(chain->place_of(*chain->find("bob@y.test")), "far");
}

// An exact spelling in a later one goes before another spelling in the first.
TEST_F(ChainTest, OtherSpellingsAreLookedForWhenNobodyKnowsTheName) {
  near.add("m\u00dcller@x.test", "{PLAIN}near");
  far.add("m\u00fcller@x.test", "{PLAIN}far");
  near.aliases["b\u00dcro@x.test"] = {"alice@x.test"};
  EXPECT_EQ(find_any_spelling(*chain, "m\u00fcller@x.test")->secret, "{PLAIN}far");
  EXPECT_EQ(chain->find_alike("mu\u0308ller@x.test")->source, 0U) << "the first that has one";
  EXPECT_EQ(chain->find_alike("nobody@x.test").error().code, Errc::kNotFound);
  EXPECT_THAT(*find_alias_any_spelling(*chain, "b\u00fcro@x.test"), ElementsAre("alice@x.test"));
  EXPECT_EQ(chain->spelling_clashes()->size(), 2U);
  near.broken = true;
  EXPECT_EQ(chain->find_alike("m\u00fcller@x.test").error().code, Errc::kIo);
}

TEST_F(ChainTest, OnlyWhatAFastOneKnowsIsAnsweredAtOnce) {
  EXPECT_TRUE(chain->is_slow());
  EXPECT_EQ((*chain->find_now("alice@x.test"))->secret, "{PLAIN}near");
  EXPECT_FALSE(chain->find_now("bob@y.test").has_value());
  EXPECT_FALSE(chain->find_now("nobody@x.test").has_value());
  EXPECT_EQ(far.asked, 0);
}

TEST_F(ChainTest, PasswordsAreCheckedWhereTheAccountIs) {
  EXPECT_TRUE(chain->check_password(*chain->find("alice@x.test"), "near", ""));
  EXPECT_FALSE(chain->check_password(*chain->find("alice@x.test"), "far", ""));
  EXPECT_TRUE(chain->check_password(*chain->find("bob@y.test"), "far", ""));
}

// An outage must never look like an unknown name, nor hand a name to a later back end.
TEST_F(ChainTest, CopiesOfAllAreOneSortedList) {
  std::vector<std::string> owners;
  const auto all = chain->copies();
  ASSERT_TRUE(all);
  for (const AccountCopy& one : *all) owners.push_back(one.account);
  EXPECT_THAT(owners, ElementsAre("alice@x.test", "bob@y.test", "carol@x.test", "dave@y.test"));
  far.broken = true;
  EXPECT_FALSE(chain->copies()) << "half of them would look like the whole";
}

TEST_F(ChainTest, AnOutageStopsThere) {
  near.broken = true;
  EXPECT_EQ(chain->find("bob@y.test").error().code, Errc::kIo);
  EXPECT_EQ((*chain->find_now("bob@y.test")).error().code, Errc::kIo);
  EXPECT_EQ(chain->find_alias("all@x.test").error().code, Errc::kIo);
  EXPECT_FALSE(chain->has_domain("y.test"));
  EXPECT_FALSE(chain->reload());
  near.broken = false;
  far.broken = true;
  EXPECT_EQ(chain->find("alice@x.test")->secret, "{PLAIN}near");
  EXPECT_EQ(chain->find("nobody@x.test").error().code, Errc::kIo);
  EXPECT_TRUE(*chain->has_domain("x.test"));
  EXPECT_FALSE(chain->has_domain("z.test"));
}

/// The authenticator over a chain: who is near is asked each time, who is far is believed a while.
class ChainLoginTest : public ChainTest {
 protected:
  static AuthenticatorSettings settings() {
    AuthenticatorSettings made;
    made.slow_cache_age_max = std::chrono::seconds(60);
    return made;
  }
  ManualClock clock;
};

TEST_F(ChainLoginTest, WhatASlowOneSaidIsBelievedForABoundedTime) {
  Authenticator authenticator(*chain, clock, settings());
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far"));
  ASSERT_TRUE(authenticator.check("bob@y.test", "far"));
  const int asked = far.asked;
  far.broken = true;
  clock.advance(std::chrono::milliseconds(59'999));
  const auto cached = authenticator.check_cached("bob@y.test", "far");
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->name, "bob@y.test");
  EXPECT_EQ(cached->secret, "") << "not kept";
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "Far"));
  EXPECT_EQ(far.asked, asked);
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far"));
  EXPECT_EQ(authenticator.check("bob@y.test", "far").error().code, Errc::kIo);
}

TEST_F(ChainLoginTest, ANoticedChangeEndsIt) {
  Authenticator authenticator(*chain, clock, settings());
  const auto remember = [&] {
    far.add("bob@y.test", "{PLAIN}far");
    ASSERT_TRUE(authenticator.check("bob@y.test", "far"));
    ASSERT_TRUE(authenticator.check_cached("bob@y.test", "far"));
  };
  remember();
  far.accounts["bob@y.test"].enabled = false;
  EXPECT_EQ(authenticator.check("bob@y.test", "x").error().code, Errc::kAuth);
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far")) << "seen to be disabled";
  remember();
  far.accounts.erase("bob@y.test");
  EXPECT_EQ(authenticator.check("bob@y.test", "x").error().code, Errc::kAuth);
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far")) << "seen to be gone";
  remember();
  far.add("bob@y.test", "{PLAIN}new");
  EXPECT_EQ(authenticator.check("bob@y.test", "wrong").error().code, Errc::kAuth);
  EXPECT_TRUE(authenticator.check_cached("bob@y.test", "far")) << "a wrong one forgets nothing";
  ASSERT_TRUE(authenticator.check("bob@y.test", "new"));
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far")) << "the new one was used";
  remember();
  authenticator.forget();
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far")) << "told to forget";
}

TEST_F(ChainLoginTest, AnAccountThatAppearsNearerCountsAtOnce) {
  Authenticator authenticator(*chain, clock, settings());
  ASSERT_TRUE(authenticator.check("bob@y.test", "far"));
  near.add("bob@y.test", "{PLAIN}near");
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far"));
  EXPECT_TRUE(authenticator.check("bob@y.test", "near"));
}

/// Takes passwords only from one address, as PAM may.
class Choosy : public Borrowed {
 public:
  using Borrowed::Borrowed;
  Result<Account> find(std::string_view name) override {
    auto found = Borrowed::find(name);
    if (found) found->peer_matters = true;
    return found;
  }
  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    if (peer != "192.0.2.1") return Error(Errc::kAuth, "from elsewhere");
    return Directory::check_password(account, password, peer);
  }
};

TEST_F(ChainLoginTest, WhereTheAddressMattersItIsPartOfTheQuestion) {
  Choosy choosy(far, true);
  Authenticator authenticator(choosy, clock, settings());
  ASSERT_TRUE(authenticator.check("bob@y.test", "far", "192.0.2.1"));
  EXPECT_TRUE(authenticator.check_cached("bob@y.test", "far", "192.0.2.1"));
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far", "192.0.2.2"));
  EXPECT_FALSE(authenticator.check_cached("bob@y.test", "far", ""));
  EXPECT_EQ(authenticator.check("bob@y.test", "far", "192.0.2.2").error().code, Errc::kAuth);
}

}  // namespace
}  // namespace restante::accounts
