#include "restantectl/commands.h"

#include <gmock/gmock.h>

#include <set>

#include "console/command_tree.h"
#include "console/generate.h"

namespace restante::ctl {
namespace {

using console::CommandNode;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Commands : public testing::Test {
 protected:
  Commands() { add_everything(app, options, chosen); }
  CLI::App app{"restantectl: what it is.", "restantectl"};
  GlobalOptions options;
  Chosen chosen;
};

TEST_F(Commands, EachIsThereOnceWithHelpAndExamples) {
  std::set<std::string> titles;
  for (const CommandNode& node : console::flatten(app)) {
    EXPECT_TRUE(titles.insert(node.title()).second) << node.title();
    EXPECT_THAT(node.help, Not(IsEmpty())) << node.title();
    for (const console::OptionText& option : node.options)
      EXPECT_THAT(option.help, Not(IsEmpty())) << node.title() << " " << option.names.front();
    if (node.subcommands.empty())
      EXPECT_THAT(node.footer, StartsWith("Examples:\n  ")) << node.title();
  }
  for (const char* const title : {"restantectl account import", "restantectl backup verify",
                                  "restantectl maildrop heal", "restantectl upkeep"})
    EXPECT_THAT(titles, Contains(title));
}

TEST_F(Commands, TheChosenOneHasItsNameAndItsOffice) {
  app.parse("account disable alice --login-only");
  EXPECT_EQ(chosen.name, "account disable");
  EXPECT_EQ(chosen.enters, Enters::kBefore);
  app.parse("backup verify /srv/backup");
  EXPECT_EQ(chosen.name, "backup verify");
  EXPECT_EQ(chosen.enters, Enters::kWithoutConfig);
  app.parse("backup /srv/backup");
  EXPECT_EQ(chosen.name, "backup");
  EXPECT_EQ(chosen.enters, Enters::kItself);
  app.parse("completion bash");
  EXPECT_EQ(chosen.enters, Enters::kNever);
}

TEST_F(Commands, PagesAndScriptsNameTheProgram) {
  const auto page = console::manual_page(app, {"account", "add"});
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, HasSubstr(".TH RESTANTECTL\\-ACCOUNT\\-ADD 1"));
  EXPECT_EQ(console::manual_page(app, {"acount"}).error().code, Errc::kNotFound);
  for (const char* const shell : {"bash", "zsh", "fish"})
    EXPECT_THAT(console::completion_script(app, shell), HasSubstr("restantectl"));
  EXPECT_THAT(console::completion_script(app, "bash"),
              HasSubstr("complete -F _restantectl restantectl"));
}

}  // namespace
}  // namespace restante::ctl
