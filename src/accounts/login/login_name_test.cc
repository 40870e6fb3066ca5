#include "accounts/login/login_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/names/other_spellings.h"
#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const NameRules kRules("x.test", true);

TEST(LoginName, IsTriedAsItCameAndThenPrepared) {
  EXPECT_THAT(login_names("Alice", kRules), ElementsAre("alice@x.test"));
  EXPECT_THAT(login_names("j\xC3\xB6rg@x.test", kRules), ElementsAre("j\xC3\xB6rg@x.test"));
  // "o" and a combining diaeresis; a full-width "j".
  EXPECT_THAT(login_names("jo\xCC\x88rg", kRules),
              ElementsAre("jo\xCC\x88rg@x.test", "j\xC3\xB6rg@x.test"));
  EXPECT_THAT(login_names("\xEF\xBD\x8Ao@x.test", kRules),
              ElementsAre("\xEF\xBD\x8Ao@x.test", "jo@x.test"));
}

TEST(LoginName, CanBeNone) {
  for (const std::string_view name : {"", "@x.test", "a\nb", "\xFF", "a\xC2\x85@x.test"})
    EXPECT_THAT(login_names(name, kRules), IsEmpty()) << name;
}

TEST(LoginName, AnAccountStoredUnpreparedIsFoundFirst) {
  MemoryDirectory directory;
  directory.add("jo\xCC\x88rg@x.test", "{PLAIN}raw");
  directory.add("j\xC3\xB6rg@x.test", "{PLAIN}prepared");
  EXPECT_EQ(find_login(directory, "jo\xCC\x88rg", kRules)->secret, "{PLAIN}raw");
  EXPECT_EQ(find_login(directory, "j\xC3\xB6rg", kRules)->secret, "{PLAIN}prepared");
  directory.accounts.erase("jo\xCC\x88rg@x.test");
  EXPECT_EQ(find_login(directory, "jo\xCC\x88rg", kRules)->secret, "{PLAIN}prepared");
}

TEST(LoginName, AnySpellingFindsTheAccount) {
  MemoryDirectory directory;
  directory.add("m\u00fcller@b\u00fccher.test");
  directory.add("post@xn--mller-kva.test");
  for (const std::string_view name :
       {"m\u00fcller@xn--bcher-kva.test", "M\u00dcLLER@B\u00dcCHER.TEST",
        "mu\u0308ller@bu\u0308cher.test", "\uff2dU\u0308LLER@b\u00fccher.test"}) {
    const auto found = find_login(directory, name, kRules);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->name, "m\u00fcller@b\u00fccher.test") << name;
    EXPECT_EQ((*find_login_now(directory, login_names(name, kRules)))->name, found->name);
  }
  EXPECT_EQ(find_login(directory, "POST@M\u00dcLLER.test", kRules)->name,
            "post@xn--mller-kva.test");
  EXPECT_EQ(find_login(directory, "post@mueller.test", kRules).error().code, Errc::kNotFound);
}

TEST(LoginName, TheVerySpellingGoesBefore) {
  MemoryDirectory directory;
  directory.add("m\u00dcller@x.test", "{PLAIN}capital");
  directory.add("m\u00fcller@x.test", "{PLAIN}small");
  EXPECT_EQ(find_login(directory, "M\u00dcller", kRules)->secret, "{PLAIN}capital");
  EXPECT_EQ(find_login(directory, "m\u00fcller", kRules)->secret, "{PLAIN}small");
  EXPECT_EQ(find_login(directory, "mu\u0308ller", kRules)->secret, "{PLAIN}small");
  EXPECT_EQ(find_login(directory, "MU\u0308ller", kRules)->secret, "{PLAIN}capital")
      << "as it was before there were other spellings";
}

/// Counts the questions to a back end that knows only exact names.
class Far : public MemoryDirectory {
 public:
  [[nodiscard]] bool is_slow() const override { return true; }
  Result<Account> find_alike(std::string_view name) override {
    return ask_other_spellings(name, fold,
                               [this](const std::string& other) { return find(other); });
  }
};

TEST(LoginName, ASlowBackEndIsAskedThreeTimesAtMostAndOnceForPlainNames) {
  Far directory;
  for (const auto& [name, questions] :
       std::vector<std::pair<std::string, int>>{{"alice@x.test", 1},
                                                {"m\u00fcller@x.test", 1},
                                                {"M\u00dcLLER@x.test", 2},
                                                {"a@xn--bcher-kva.test", 2},
                                                {"M\u00dcLLER@B\u00dcCHER.test", 3},
                                                {"mu\u0308ller@x.test", 2}}) {
    directory.asked = 0;
    EXPECT_FALSE(find_login(directory, name, kRules)) << name;
    EXPECT_EQ(directory.asked, questions) << name;
  }
  directory.add("m\u00fcller@xn--bcher-kva.test");
  EXPECT_TRUE(find_login(directory, "MU\u0308LLER@b\u00fccher.test", kRules));
}

TEST(LoginName, AllSpellingsCountAsOne) {
  for (const std::string_view name : {"M\u00dcLLER", "mu\u0308ller@X.test", "m\u00fcller"})
    EXPECT_EQ(login_key(name, kRules), "m\u00fcller@x.test") << name;
  EXPECT_EQ(login_key("A@B\u00dcCHER.test", kRules), "a@xn--bcher-kva.test");
  EXPECT_EQ(login_key("Alice", kRules), "alice@x.test");
  EXPECT_EQ(login_key("@NONE", kRules), "@none");
  EXPECT_TRUE(is_same_login("a@b\u00fccher.test", "A@XN--BCHER-KVA.test", kRules));
  EXPECT_FALSE(is_same_login("a@b\u00fccher.test", "a@bucher.test", kRules));
  EXPECT_FALSE(is_same_login("", "", kRules));
}

TEST(LoginName, ABackEndThatIsDownIsNoUnknownName) {
  MemoryDirectory directory;
  EXPECT_EQ(find_login(directory, "jo\xCC\x88rg", kRules).error().code, Errc::kNotFound);
  EXPECT_EQ(find_login(directory, "", kRules).error().code, Errc::kNotFound);
  directory.broken = true;
  EXPECT_EQ(find_login(directory, "jo\xCC\x88rg", kRules).error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::accounts
