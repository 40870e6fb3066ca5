#include "restante/accounts/account_setup.h"

#include <gmock/gmock.h>

namespace restante::cli {
namespace {

profile::Profile with(const std::vector<std::string>& names) {
  profile::Profile made;
  for (const std::string& name : names) {
    made.accounts.emplace_back();
    made.accounts.back().name = name;
  }
  return made;
}

TEST(FreeName, IsTheFirstFreeOne) {
  EXPECT_EQ(free_name(with({}), "example.com"), "work");
  EXPECT_EQ(free_name(with({"work"}), "example.com"), "example");
  EXPECT_EQ(free_name(with({"work", "example", "example2"}), "example.com"), "example3");
  EXPECT_EQ(free_name(with({"work"}),
                      "b\xC3\xBC"
                      "cher.example"),
            "mail");
}

TEST(CommandLine, HasWhatWasTypedAsAShellReadsIt) {
  SetupWish wish;
  wish.address = "me@example.com";
  wish.account.name = "work";
  wish.server.host = "pop.example.com";
  wish.server.port = 995;
  wish.account.password_command = "pass show 'a b'; $(x)";
  EXPECT_EQ(command_line(wish),
            "restante account add me@example.com --name work --host pop.example.com --port 995 "
            "--password-command 'pass show '\\''a b'\\''; $(x)'");
}

}  // namespace
}  // namespace restante::cli
