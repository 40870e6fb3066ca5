#include "sasl/apop_digest.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

// RFC 1939 s.7.
const char* const kTimestamp = "<1896.697170952@dbc.mtview.ca.us>";

TEST(ApopDigest, IsTheExampleOfTheRfc) {
  EXPECT_EQ(apop_digest(kTimestamp, "tanstaaf").value(), "c4c9334bac560ecc979e58001b3e22fb");
  EXPECT_EQ(find_apop_timestamp("+OK POP3 server ready " + std::string(kTimestamp)), kTimestamp);
  EXPECT_EQ(find_apop_timestamp(std::string(kTimestamp) + " ready"), kTimestamp);
}

TEST(ApopDigest, IsNotMadeOfWhatIsNoTimestamp) {
  for (const char* bad : {"", "<>", "<@>", "<a@>", "<@b>", "<ab>", "<a@b@c>", "a@b", "<a b@c>",
                          "<a\x80@b>", "<a@b>x", "<a@b\n>", "<<a@b>"}) {
    EXPECT_EQ(apop_digest(bad, "x").error().code, Errc::kSyntax) << bad;
  }
  for (const char* bad : {"+OK", "+OK <ab>", "+OK a@b", "+OK <a@b", "+OK >a@b<", "+OK <a\x80@b>"})
    EXPECT_EQ(find_apop_timestamp(bad), "") << bad;
}

}  // namespace
}  // namespace restante::sasl
