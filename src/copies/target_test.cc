#include "copies/target.h"

#include <gtest/gtest.h>

namespace restante::copies {
namespace {

std::string written(std::string_view text) {
  const auto target = parse_target(text);
  return target ? to_string(*target) : "wrong";
}

TEST(CopyTarget, HasOneWayToBeWritten) {
  EXPECT_EQ(written("lmtp:Store.example:2424"), "lmtp:store.example:2424");
  EXPECT_EQ(written("lmtp:store.example"), "lmtp:store.example:24");
  EXPECT_EQ(written("lmtp:[::1]:2424"), "lmtp:[::1]:2424");
  EXPECT_EQ(written("lmtp:[2001:db8::1]"), "lmtp:[2001:db8::1]:24");
  EXPECT_EQ(written("smtp:relay.example"), "smtp:relay.example:25");
  EXPECT_EQ(written("smtp:relay.example:587"), "smtp:relay.example:587");
  EXPECT_EQ(written("smtp:192.0.2.1"), "smtp:192.0.2.1:25");
  EXPECT_EQ(written("smtp:[2001:db8::1]"), "smtp:[2001:db8::1]:25");
  EXPECT_EQ(written("smtp:[2001:db8::1]:26"), "smtp:[2001:db8::1]:26");
  EXPECT_EQ(written("account:bob@example.com"), "account:bob@example.com");
}

TEST(CopyTarget, KeepsItsParts) {
  const auto server = parse_target("smtp:relay.example:587");
  ASSERT_TRUE(server);
  EXPECT_EQ(*server, (Target{Target::Kind::kSmtp, "relay.example", 587}));
  const auto account = parse_target("account:bob@example.com");
  ASSERT_TRUE(account);
  EXPECT_EQ(*account, (Target{Target::Kind::kAccount, "", 0, "bob@example.com"}));
}

TEST(CopyTarget, IsNothingElse) {
  for (const char* text :
       {"", "lmtp", "lmtp:", "smtp:", "account:", "LMTP:store.example:24", "store.example:24",
        "lmtp://store.example:24", "lmtp:store.example:0", "lmtp:store.example:65536",
        "smtp:relay.example:", "smtp:relay.example:x", "smtp:a b", "smtp:-relay", "smtp:[relay]",
        "smtp:::1", "imap:store.example:143", "lmtp:/run/lmtp.sock"})
    EXPECT_EQ(written(text), "wrong") << text;
}

}  // namespace
}  // namespace restante::copies
