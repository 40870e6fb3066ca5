#include "sasl/plain_client.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

using namespace std::string_literals;

ClientCredentials credentials(std::string_view name, std::string_view password,
                              std::string_view authorization = "") {
  return {std::string(name), std::string(authorization), SecretString(password)};
}

TEST(PlainClient, SaysTheExamplesOfTheRfc) {  // RFC 4616.
  PlainClient tim(credentials("tim", "tanstaaftanstaaf"));
  EXPECT_FALSE(tim.finished());
  EXPECT_EQ(tim.start().value()->view(), "\0tim\0tanstaaftanstaaf"s);
  EXPECT_TRUE(tim.finished());
  EXPECT_EQ(PlainClient(credentials("Kurt", "xipj3plmq", "Ursel")).start().value()->view(),
            "Ursel\0Kurt\0xipj3plmq"s);
}

TEST(PlainClient, RefusesWhatCannotBeSaid) {
  for (const auto& [name, password, authorization] :
       {std::tuple{""s, "x"s, ""s}, std::tuple{"a\0b"s, "x"s, ""s}, std::tuple{"a"s, ""s, ""s},
        std::tuple{"a"s, "x\0y"s, ""s}, std::tuple{"a"s, "\xff"s, ""s},
        std::tuple{"a"s, "x"s, "b\0"s}}) {
    PlainClient client(credentials(name, password, authorization));
    EXPECT_FALSE(client.start()) << name;
    EXPECT_FALSE(client.finished());
  }
}

TEST(PlainClient, HasNothingMoreToSay) {
  PlainClient client(credentials("a", "x"));
  static_cast<void>(client.start());
  EXPECT_FALSE(client.respond(""));
  EXPECT_FALSE(client.finished());
}

}  // namespace
}  // namespace restante::sasl
