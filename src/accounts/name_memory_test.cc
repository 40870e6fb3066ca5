#include "accounts/login_leads.h"

#include <gtest/gtest.h>

namespace restante::accounts {
namespace {

TEST(LoginLeads, TheLatestCounts) {
  LoginLeads leads(10);
  EXPECT_EQ(leads.account_of("al@x.test"), std::nullopt);
  leads.note("al@x.test", "alice@x.test");
  leads.note("al@x.test", "albert@x.test");
  EXPECT_EQ(leads.account_of("al@x.test"), "albert@x.test");
  leads.clear();
  EXPECT_EQ(leads.account_of("al@x.test"), std::nullopt);
}

TEST(LoginLeads, IsBounded) {
  LoginLeads leads(2);
  for (const char* name : {"a", "b", "b", "c"}) leads.note(name, "account");
  EXPECT_EQ(leads.account_of("a"), std::nullopt);
  EXPECT_EQ(leads.account_of("c"), "account");
  LoginLeads none(0);
  none.note("a", "account");
  EXPECT_EQ(none.account_of("a"), std::nullopt);
}

}  // namespace
}  // namespace restante::accounts
