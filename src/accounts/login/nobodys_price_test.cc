#include "accounts/login/nobodys_price.h"

#include <gtest/gtest.h>

#include <set>

namespace restante::accounts {
namespace {

Account account(std::string name, std::string secret) {
  Account made;
  made.name = std::move(name);
  made.secret = std::move(secret);
  return made;
}

TEST(NobodysPrice, IsTheUsualOneBeforeAnybodyCame) {
  NobodysPrice price("{PLAIN}usual");
  EXPECT_EQ(price.secret_for("nobody@x.test").view(), "{PLAIN}usual");
  price.note(account("broken@x.test", "{UNKNOWN}x"));
  price.note(account("elsewhere@x.test", ""));
  EXPECT_EQ(price.secret_for("nobody@x.test").view(), "{PLAIN}usual");
}

TEST(NobodysPrice, IsThatOfAnAccount) {
  NobodysPrice price("{PLAIN}usual");
  price.note(account("alice@x.test", "{PLAIN}one"));
  for (const char* const name : {"nobody@x.test", "", "alice@x.test"})
    EXPECT_EQ(price.secret_for(name).view(), "{PLAIN}one");
  price.note(account("alice@x.test", "{PLAIN}two"));
  EXPECT_EQ(price.secret_for("nobody@x.test").view(), "{PLAIN}two");
}

TEST(NobodysPrice, IsAlwaysTheSameForAName) {
  NobodysPrice price("{PLAIN}usual");
  const auto number = [](std::size_t i) { return std::to_string(i); };
  // Enough of them that each sample is taken: later accounts change nothing.
  for (std::size_t i = 0; i < 50 * NobodysPrice::kSamples; ++i)
    price.note(account("a" + number(i), "{PLAIN}" + number(i)));
  std::set<std::string> prices;
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::string before(price.secret_for("n" + number(i)).view());
    price.note(account("later" + number(i), "{PLAIN}later"));
    EXPECT_EQ(price.secret_for("n" + number(i)).view(), before);
    prices.insert(before);
  }
  EXPECT_GT(prices.size(), NobodysPrice::kSamples / 2);
}

}  // namespace
}  // namespace restante::accounts
