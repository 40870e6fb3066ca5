#include "sasl/external.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

TEST(External, SaysWhomItWantsToActAsOrNothing) {
  ExternalServer server;
  EXPECT_EQ(std::get<Challenge>(server.start(std::nullopt)).bytes, "");
  EXPECT_EQ(std::get<External>(server.respond("")).authorization, "");
  EXPECT_EQ(std::get<External>(server.start("")).authorization, "");
  EXPECT_EQ(std::get<External>(server.start("alice@x.test")).authorization, "alice@x.test");
}

TEST(External, RefusesWhatIsNoName) {
  for (const std::string_view bad :
       {std::string_view("a\0b", 3), std::string_view("\xff"), std::string_view("a\r\nb")})
    EXPECT_TRUE(std::holds_alternative<Error>(ExternalServer().respond(bad))) << bad;
  EXPECT_TRUE(std::holds_alternative<Error>(ExternalServer().respond(std::string(321, 'a'))));
}

TEST(ExternalClient, SaysWhomToActAsOrNothing) {
  for (const char* who : {"", "bob@example.test"}) {
    ExternalClient client({{}, who, {}});
    EXPECT_FALSE(client.finished());
    EXPECT_EQ(client.start().value()->view(), who);
    EXPECT_TRUE(client.finished());
    EXPECT_FALSE(client.respond(""));
    EXPECT_FALSE(client.finished());
  }
}

TEST(ExternalClient, RefusesWhatCannotBeSaid) {
  EXPECT_FALSE(ExternalClient({{}, "\xff", {}}).start());
  EXPECT_FALSE(ExternalClient({{}, "a\nb", {}}).start());
}

}  // namespace
}  // namespace restante::sasl
