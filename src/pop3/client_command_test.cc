#include "pop3/client_command.h"

#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

TEST(ClientCommand, Line) {
  EXPECT_EQ(format_command("QUIT", "")->view(), "QUIT\r\n");
  EXPECT_EQ(format_command("PASS", " with blanks ")->view(), "PASS  with blanks \r\n");
  EXPECT_EQ(format_command("USER", "\xc3\xa4@example.test")->view(),
            "USER \xc3\xa4@example.test\r\n");
}

TEST(ClientCommand, NothingSmugglesACommandIn) {  // F-51.
  for (const std::string& argument :
       {std::string("a\rDELE 1"), std::string("a\nDELE 1"), std::string("a\r\nDELE 1"),
        std::string("a\0b", 3), std::string("\n")}) {
    const auto line = format_command("PASS", argument);
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code, Errc::kSyntax);
    EXPECT_EQ(line.error().detail.find("DELE"), std::string::npos);
  }
}

}  // namespace
}  // namespace restante::pop3
