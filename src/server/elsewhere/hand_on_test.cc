#include "server/elsewhere/hand_on.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

std::string header(int received, const char* more) {
  std::string out = "Subject: x\r\n";
  for (int i = 0; i < received; ++i) out += "ReCeived: from a\r\n\tby b\r\n";
  return out + more;
}

// The talk itself is mail_client_test.cc's, and tests/e2e/test_routed_mail.py's.
TEST(HandOn, SeesALoopByTheHeader) {
  EXPECT_FALSE(goes_round(header(25, "\r\nbody\r\n")));
  EXPECT_TRUE(goes_round(header(26, "\r\nbody\r\n")));
  EXPECT_TRUE(goes_round(header(26, "")));
  EXPECT_FALSE(goes_round(header(25, "\r\nReceived: in the body\r\n")));
  EXPECT_FALSE(goes_round(""));
}

}  // namespace
}  // namespace restante::server
