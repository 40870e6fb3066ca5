#include "accounts/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

using testing::ElementsAre;

/// The accounts, or the error's name in angle brackets.
std::string join(const Result<std::vector<std::string>>& result) {
  if (!result) return "<" + std::string(to_string(result.error().code)) + ">";
  std::string out;
  for (const std::string& name : *result) out += (out.empty() ? "" : " ") + name;
  return out;
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    for (const auto* name : {"alice@x.test", "bob@x.test", "carol@y.test", "a-b@x.test",
                             "team+lists@x.test", "off@x.test", "root@x.test"})
      directory.add(name);
    directory.accounts["off@x.test"].enabled = false;
    directory.aliases = {
        {"sales@x.test", {"alice@x.test", "bob@x.test"}},
        {"all@x.test", {"sales@x.test", "carol@y.test", "alice@x.test"}},
        {"loop1@x.test", {"loop2@x.test", "bob@x.test"}},
        {"loop2@x.test", {"loop1@x.test", "alice@x.test"}},
        {"empty1@x.test", {"empty2@x.test"}},
        {"empty2@x.test", {"empty1@x.test"}},
        {"gone@x.test", {"nobody@x.test"}},
        {"half@x.test", {"nobody@x.test", "off@x.test", "bob@x.test"}},
        {"alloff@x.test", {"off@x.test"}},
        {"tagged@x.test", {"alice+shop@x.test"}},
        {"info@y.test", {"carol@y.test"}},
        {"@catch.test", {"carol@y.test"}},
        {"exact@catch.test", {"bob@x.test"}},
    };
    settings.default_domain = "x.test";
    settings.postmaster = "root@x.test";
  }
  std::string resolve(std::string_view address) {
    return join(Router(directory, settings).resolve(address));
  }

  MemoryDirectory directory;
  RouterSettings settings;
};

TEST_F(RouterTest, Table) {
  struct Case {
    std::string_view address;
    std::string_view expected;
  };
  for (const Case& row : std::vector<Case>{
           {"alice@x.test", "alice@x.test"},
           {"ALICE@X.TEST", "alice@x.test"},
           {"alice", "alice@x.test"},
           {"alice+shop@x.test", "alice@x.test"},
           {"alice+a+b@x.test", "alice@x.test"},
           {"team+lists@x.test", "team+lists@x.test"},
           {"team+lists+x@x.test", "team+lists@x.test"},
           {"team+other@x.test", "<not found>"},
           {"+alice@x.test", "<not found>"},
           {"alice-shop@x.test", "<not found>"},
           {"sales@x.test", "alice@x.test bob@x.test"},
           {"sales+q3@x.test", "alice@x.test bob@x.test"},
           {"all@x.test", "alice@x.test bob@x.test carol@y.test"},
           {"loop1@x.test", "alice@x.test bob@x.test"},
           {"loop2@x.test", "bob@x.test alice@x.test"},
           {"empty1@x.test", "<not found>"},
           {"gone@x.test", "<not found>"},
           {"half@x.test", "bob@x.test"},
           {"off@x.test", "<auth>"},
           {"off+tag@x.test", "<auth>"},
           {"alloff@x.test", "<auth>"},
           {"tagged@x.test", "alice@x.test"},
           {"anyone@catch.test", "carol@y.test"},
           {"a+b@catch.test", "carol@y.test"},
           {"exact@catch.test", "bob@x.test"},
           {"exact+tag@catch.test", "bob@x.test"},
           {"nobody@x.test", "<not found>"},
           {"nobody@y.test", "<not found>"},
           {"alice@elsewhere.test", "<state>"},
           {"alice@sub.x.test", "<state>"},
           {"postmaster", "root@x.test"},
           {"PostMaster", "root@x.test"},
           {"postmaster@x.test", "root@x.test"},
           {"Postmaster@y.test", "root@x.test"},
           {"postmaster@catch.test", "carol@y.test"},
           {"postmaster@elsewhere.test", "<state>"},
           {"alice%y.test@x.test", "<not found>"},
           {"alice@y.test@x.test", "<not found>"},
           {"", "<not found>"},
           {"@x.test", "<not found>"},
           {"@catch.test", "<not found>"},
           {"alice@", "<not found>"},
           {"a\r\nb@x.test", "<not found>"},
           {"'; --@x.test", "<not found>"},
       })
    EXPECT_EQ(resolve(row.address), row.expected) << row.address;
}

TEST_F(RouterTest, SeparatorsAreASetting) {
  settings.subaddress_separator = "-+";
  EXPECT_EQ(resolve("alice-shop@x.test"), "alice@x.test");
  EXPECT_EQ(resolve("a-b@x.test"), "a-b@x.test");
  EXPECT_EQ(resolve("a-b-c@x.test"), "a-b@x.test");
  EXPECT_EQ(resolve("alice-a+b@x.test"), "alice@x.test");
  settings.subaddress_separator = "";
  EXPECT_EQ(resolve("alice+shop@x.test"), "<not found>");
}

TEST_F(RouterTest, LocalPartFoldingIsASetting) {
  settings.fold_local_part = false;
  directory.fold = false;
  EXPECT_EQ(resolve("Alice@X.TEST"), "<not found>");
  EXPECT_EQ(resolve("alice@X.TEST"), "alice@x.test");
  EXPECT_EQ(resolve("POSTMASTER@x.test"), "root@x.test") << "never case-sensitive";
}

TEST_F(RouterTest, Postmaster) {
  directory.add("postmaster@y.test");
  EXPECT_EQ(resolve("Postmaster@y.test"), "postmaster@y.test") << "its own goes first";
  settings.default_domain = "";
  EXPECT_EQ(resolve("postmaster"), "root@x.test");
  settings.postmaster = "sales@x.test";
  EXPECT_EQ(resolve("postmaster"), "alice@x.test bob@x.test");
  settings.postmaster = "nobody@x.test";
  EXPECT_EQ(resolve("postmaster"), "<not found>");
  settings.postmaster = "";
  EXPECT_EQ(resolve("postmaster"), "<not found>");
  EXPECT_EQ(resolve("postmaster@x.test"), "<not found>");
}

// RFC 5321 s.4.5.1: without a domain, it is the one of a domain that our host's name shows.
TEST_F(RouterTest, BarePostmasterIsLookedForInOurDomains) {
  directory.add("postmaster@y.test");
  settings.default_domain = "";
  settings.postmaster_domains = {"mail.y.test", "y.test"};
  EXPECT_EQ(resolve("PostMaster"), "postmaster@y.test");
  settings.postmaster_domains = {"mail.z.test"};
  EXPECT_EQ(resolve("postmaster"), "root@x.test");
}

TEST_F(RouterTest, ASubaddressMayBeLong) {
  const std::string token(1500, 't');
  EXPECT_EQ(resolve("alice+" + token + "@x.test"), "alice@x.test");
  EXPECT_EQ(resolve("alice+" + token + "+" + token + "@x.test"), "alice@x.test");
  EXPECT_EQ(resolve(token + "@x.test"), "<not found>");
  EXPECT_EQ(resolve(token + "@catch.test"), "carol@y.test");
}

TEST_F(RouterTest, TheDefaultDomainIsOursEvenWhenEmpty) {
  directory.accounts.clear();
  directory.aliases.clear();
  EXPECT_EQ(resolve("alice@x.test"), "<not found>");
  EXPECT_EQ(resolve("alice@y.test"), "<state>");
}

TEST_F(RouterTest, DepthHasALimit) {
  directory.aliases["d0@x.test"] = {"alice@x.test"};
  for (int i = 1; i <= 10; ++i)
    directory.aliases["d" + std::to_string(i) + "@x.test"] = {"d" + std::to_string(i - 1) +
                                                              "@x.test"};
  EXPECT_EQ(resolve("d9@x.test"), "alice@x.test") << "ten aliases";
  EXPECT_EQ(resolve("d10@x.test"), "<limit>") << "eleven";
}

TEST_F(RouterTest, ResultsHaveALimit) {
  auto& many = directory.aliases["many@x.test"];
  for (int i = 0; i < 1000; ++i) {
    many.push_back("m" + std::to_string(i) + "@x.test");
    directory.add(many.back());
  }
  EXPECT_EQ(Router(directory, settings).resolve("many@x.test")->size(), 1000U);
  many.push_back("alice@x.test");
  EXPECT_EQ(resolve("many@x.test"), "<limit>");
}

// Aliases that double at each level: the work is bounded by addresses, not by paths.
TEST_F(RouterTest, WideAndDeepStaysCheap) {
  for (int level = 0; level < 9; ++level)
    for (int i = 0; i < 20; ++i) {
      auto& targets =
          directory.aliases["w" + std::to_string(level) + "." + std::to_string(i) + "@x.test"];
      for (int j = 0; j < 20; ++j)
        targets.push_back(level == 8 ? "alice@x.test"
                                     : "w" + std::to_string(level + 1) + "." + std::to_string(j) +
                                           "@x.test");
    }
  directory.asked = 0;
  EXPECT_EQ(resolve("w0.0@x.test"), "alice@x.test");
  EXPECT_LT(directory.asked, 1000);
}

TEST_F(RouterTest, BothFormsOfADomainAndAnyCaseLeadToTheAccount) {
  directory.add("m\u00fcller@b\u00fccher.test");
  directory.add("post@xn--mller-kva.test");
  directory.add("M\u00dcNCHEN@x.test");
  directory.aliases["b\u00fcro@x.test"] = {"M\u00dcLLER@xn--bcher-kva.test", "bob@x.test"};
  directory.aliases["@f\u00fcr.test"] = {"carol@y.test"};
  for (const auto& [address, expected] : std::vector<std::pair<std::string, std::string>>{
           {"m\u00fcller@xn--bcher-kva.test", "m\u00fcller@b\u00fccher.test"},
           {"M\u00dcLLER@B\u00dcCHER.test", "m\u00fcller@b\u00fccher.test"},
           {"mu\u0308ller@bu\u0308cher.test", "m\u00fcller@b\u00fccher.test"},
           {"M\u00dcLLER+tag@xn--bcher-kva.test", "m\u00fcller@b\u00fccher.test"},
           {"post@m\u00fcller.test", "post@xn--mller-kva.test"},
           {"m\u00fcnchen@x.test", "M\u00dcNCHEN@x.test"},
           {"BU\u0308RO@x.test", "m\u00fcller@b\u00fccher.test bob@x.test"},
           {"anybody@xn--fr-xka.test", "carol@y.test"},
           {"nobody@xn--bcher-kva.test", "<not found>"},
           {"nobody@bucher.test", "<state>"},
           {"x@xn--a.test", "<state>"}})
    EXPECT_EQ(resolve(address), expected) << address;
}

TEST_F(RouterTest, TheVerySpellingGoesBefore) {
  directory.add("info@b\u00fccher.test");
  directory.aliases["info@xn--bcher-kva.test"] = {"bob@x.test"};
  EXPECT_EQ(resolve("info@b\u00fccher.test"), "info@b\u00fccher.test");
  EXPECT_EQ(resolve("info@xn--bcher-kva.test"), "bob@x.test");
}

TEST_F(RouterTest, TwoSpellingsOfOneAccountAreOneRecipient) {
  directory.add("m\u00fcller@x.test");
  directory.aliases["both@x.test"] = {"M\u00dcLLER@x.test", "m\u00fcller@x.test",
                                      "mu\u0308ller@x.test"};
  EXPECT_EQ(resolve("both@x.test"), "m\u00fcller@x.test");
}

// Where another attribute than the address names the maildrop.
TEST_F(RouterTest, AnAccountMayHaveTheNameThatIsSomebodyElsesAddress) {
  for (const auto& [address, own] :
       {std::pair("smith@x.test", "jsmith@x.test"), std::pair("john@x.test", "smith@x.test"),
        std::pair("j.smith@y.test", "jsmith@x.test")}) {
    directory.add(address);
    directory.accounts[address].name = own;
  }
  directory.aliases["both@x.test"] = {"smith@x.test", "john@x.test", "j.smith@y.test"};
  EXPECT_EQ(resolve("both@x.test"), "jsmith@x.test smith@x.test");
}

TEST_F(RouterTest, TheDefaultDomainIsOursInBothForms) {
  settings.default_domain = "b\u00fccher.test";
  EXPECT_EQ(resolve("nobody@xn--bcher-kva.test"), "<not found>");
  directory.add("alice@xn--bcher-kva.test");
  EXPECT_EQ(resolve("alice"), "alice@xn--bcher-kva.test");
}

TEST_F(RouterTest, TroublePassesThrough) {
  directory.broken = true;
  for (const auto* address : {"alice@x.test", "nobody@x.test", "a@elsewhere.test", "postmaster"})
    EXPECT_EQ(resolve(address), "<io>") << address;
}

}  // namespace
}  // namespace restante::accounts
