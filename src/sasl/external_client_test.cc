#include "sasl/external_client.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

TEST(ExternalClient, SaysWhomToActAsOrNothing) {
  for (const char* who : {"", "bob@example.test"}) {
    ExternalClient client(who);
    EXPECT_FALSE(client.finished());
    EXPECT_EQ(client.start().value()->view(), who);
    EXPECT_TRUE(client.finished());
    EXPECT_FALSE(client.respond(""));
    EXPECT_FALSE(client.finished());
  }
}

TEST(ExternalClient, RefusesWhatCannotBeSaid) {
  EXPECT_FALSE(ExternalClient("\xff").start());
  EXPECT_FALSE(ExternalClient("a\nb").start());
}

}  // namespace
}  // namespace restante::sasl
