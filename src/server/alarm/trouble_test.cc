#include "server/alarm/trouble.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

TEST(Trouble, EachKindHasItsWords) {
  for (int kind = 0; kind <= static_cast<int>(TroubleKind::kCopies); ++kind) {
    const auto of = static_cast<TroubleKind>(kind);
    EXPECT_FALSE(name_of(of).empty());
    EXPECT_EQ(name_of(of).find(' '), std::string_view::npos) << name_of(of);
    EXPECT_FALSE(title_of(of).empty());
    EXPECT_TRUE(advice_for(of).ends_with('.')) << advice_for(of);
  }
}

TEST(Trouble, TwoOfAKindAreToldApart) {
  EXPECT_EQ(Trouble(TroubleKind::kDisk, "12 octets are free").key(), "disk");
  EXPECT_EQ(Trouble(TroubleKind::kBackEnd, "x", "ldap ldap://a.test").key(),
            "back-end ldap ldap://a.test");
}

}  // namespace
}  // namespace restante::server
