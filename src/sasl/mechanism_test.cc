#include "sasl/mechanism.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

TEST(Mechanisms, AreFoundWithoutRegardToCase) {
  ASSERT_NE(find_server_mechanism("plain"), nullptr);
  EXPECT_EQ(find_server_mechanism("Login")->name, "LOGIN");
  EXPECT_EQ(find_server_mechanism(""), nullptr);
  EXPECT_EQ(find_server_mechanism("PLAIN "), nullptr);
  EXPECT_EQ(find_server_mechanism("GSSAPI"), nullptr);
}

TEST(Mechanisms, AreFoundByTheNamesTheyAreListedUnder) {
  ASSERT_FALSE(server_mechanisms().empty());
  for (const MechanismInfo& info : server_mechanisms()) {
    EXPECT_EQ(find_server_mechanism(info.name), &info);
    EXPECT_NE(info.make(ExchangeContext{}), nullptr);
  }
}

}  // namespace
}  // namespace restante::sasl
