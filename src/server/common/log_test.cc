#include "server/common/log.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

TEST(ForLog, PlainValuesStayPlain) {
  EXPECT_EQ(for_log("alice@example.test"), "alice@example.test");
  EXPECT_EQ(for_log("127.0.0.1:1234"), "127.0.0.1:1234");
}

TEST(ForLog, NothingCanForgeALineOrAKey) {
  EXPECT_EQ(for_log(""), "\"\"");
  EXPECT_EQ(for_log("a b"), "\"a b\"");
  EXPECT_EQ(for_log("a\r\nuser=root"), "\"a\\x0d\\x0auser=root\"");
  EXPECT_EQ(for_log("\" peer=1.2.3.4"), "\"\\x22 peer=1.2.3.4\"");
  EXPECT_EQ(for_log("\\x0d"), "\"\\x5cx0d\"");
  EXPECT_EQ(for_log("\x1b[31m"), "\"\\x1b[31m\"");
  EXPECT_EQ(for_log("\xC3\xBC"), "\"\\xc3\\xbc\"");
}

TEST(ForLog, LongValuesAreCut) { EXPECT_EQ(for_log(std::string(5000, 'a')).size(), 205U); }

}  // namespace
}  // namespace restante::server
