#include "migrate/sources/stored_mail.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

TEST(StoredMail, BecomesWireForm) {
  std::string wire = "old";
  to_wire("A: b\n\n.x\r\ny", wire);
  EXPECT_EQ(wire, "A: b\r\n\r\n..x\r\ny\r\n");
  to_wire("", wire);
  EXPECT_EQ(wire, "");
}

TEST(StoredMail, TellsWhatIsNoMail) {
  EXPECT_TRUE(check_is_mail("Subject: x\n"));
  EXPECT_TRUE(check_is_mail(""));
  EXPECT_TRUE(check_is_mail("\x1F"));
  for (const std::string& raw : {std::string("\x1F\x8B\x08xyz"), std::string("\x28\xB5\x2F\xFDx"),
                                 std::string("BZh91AY&SY1"), std::string("CRYPTED\x03\x07y")})
    EXPECT_EQ(check_is_mail(raw).error().code, Errc::kSyntax);
}

}  // namespace
}  // namespace restante::migrate
