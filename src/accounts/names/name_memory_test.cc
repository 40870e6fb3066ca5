#include "accounts/names/name_memory.h"

#include <gtest/gtest.h>

namespace restante::accounts {
namespace {

TEST(NameMemory, TheLatestCounts) {
  NameMemory leads(10);
  EXPECT_EQ(leads.recall("al@x.test"), std::nullopt);
  leads.note("al@x.test", "alice@x.test");
  leads.note("al@x.test", "albert@x.test");
  EXPECT_EQ(leads.recall("al@x.test"), "albert@x.test");
  leads.clear();
  EXPECT_EQ(leads.recall("al@x.test"), std::nullopt);
}

TEST(NameMemory, IsBounded) {
  NameMemory leads(2);
  for (const char* name : {"a", "b", "b", "c"}) leads.note(name, "account");
  EXPECT_EQ(leads.recall("a"), std::nullopt);
  EXPECT_EQ(leads.recall("c"), "account");
  NameMemory none(0);
  none.note("a", "account");
  EXPECT_EQ(none.recall("a"), std::nullopt);
}

}  // namespace
}  // namespace restante::accounts
