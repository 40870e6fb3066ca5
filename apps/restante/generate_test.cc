#include <gmock/gmock.h>

#include <set>

#include "console/completion.h"
#include "console/man_page.h"
#include "restante/commands.h"

namespace restante::cli {
namespace {

using console::CommandNode;
using console::completion_script;
using console::flatten;
using console::man_pages;
using console::ManPage;
using console::OptionText;
using console::Shell;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class GenerateTest : public testing::Test {
 protected:
  GenerateTest() { add_everything(app, options, chosen); }
  CLI::App app{"restante: what it is.", "restante"};
  GlobalOptions options;
  Chosen chosen;
};

TEST_F(GenerateTest, TheTreeHasEveryCommandOnce) {
  std::set<std::string> titles;
  for (const CommandNode& node : flatten(app)) {
    EXPECT_TRUE(titles.insert(node.title()).second) << node.title();
    EXPECT_THAT(node.help, Not(IsEmpty())) << node.title();
    for (const OptionText& option : node.options)
      EXPECT_THAT(option.help, Not(IsEmpty())) << node.title() << " " << option.names.front();
  }
  EXPECT_THAT(titles, Contains("restante"));
  EXPECT_THAT(titles, Contains("restante account list"));
}

TEST_F(GenerateTest, EveryCommandThatDoesSomethingHasExamples) {
  for (const CommandNode& node : flatten(app))
    if (node.subcommands.empty())
      EXPECT_THAT(node.footer, testing::StartsWith("Examples:\n  ")) << node.title();
}

TEST_F(GenerateTest, OptionsKeepTheirShape) {
  const CommandNode root = flatten(app).front();
  const auto named = [&root](const std::string& name) {
    for (const OptionText& option : root.options)
      if (option.names.back() == name) return option;
    return OptionText{};
  };
  EXPECT_THAT(named("--format").choices, testing::ElementsAre("text", "json", "jsonl"));
  EXPECT_EQ(named("--config").value, "FILE");
  EXPECT_EQ(named("--quiet").value, "");
  EXPECT_THAT(named("--quiet").names, testing::ElementsAre("-q", "--quiet"));
}

TEST_F(GenerateTest, PagesAreRoff) {
  const std::vector<ManPage> pages = man_pages(flatten(app));
  EXPECT_EQ(pages.front().name, "restante");
  EXPECT_THAT(pages.front().text, HasSubstr(".TH RESTANTE 1"));
  EXPECT_THAT(pages.front().text, HasSubstr("restante \\- restante: what it is\n"));
  EXPECT_THAT(pages.front().text, HasSubstr("\\-\\-config FILE"));
  for (const ManPage& page : pages) {
    EXPECT_THAT(page.text, HasSubstr(".SH SYNOPSIS"));
    EXPECT_THAT(page.text, Not(HasSubstr("\n-"))) << "unescaped: " << page.name;
  }
}

TEST_F(GenerateTest, ScriptsNameCommandsAndOptions) {
  for (const Shell shell : {Shell::kBash, Shell::kZsh, Shell::kFish}) {
    const std::string script = completion_script(app, shell);
    EXPECT_THAT(script, HasSubstr("account"));
    EXPECT_THAT(script, HasSubstr(shell == Shell::kFish ? "-l format" : "--format"));
    EXPECT_THAT(script, HasSubstr("jsonl"));
  }
}

}  // namespace
}  // namespace restante::cli
