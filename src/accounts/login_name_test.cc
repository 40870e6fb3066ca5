#include "accounts/login_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(LoginName, ABackEndThatIsDownIsNoUnknownName) {
  MemoryDirectory directory;
  EXPECT_EQ(find_login(directory, "jo\xCC\x88rg", kRules).error().code, Errc::kNotFound);
  EXPECT_EQ(find_login(directory, "", kRules).error().code, Errc::kNotFound);
  directory.broken = true;
  EXPECT_EQ(find_login(directory, "jo\xCC\x88rg", kRules).error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::accounts
