#include "console/command_line.h"

#include <gmock/gmock.h>

#include "console/command.h"

namespace restante::console {
namespace {

constexpr int kUsage = 64;

class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    app.add_option("--config", config);
    app.add_flag("-q,--quiet", quiet);
    app.require_subcommand(1);
    CLI::App& account = add_group(app, {"account", "Accounts", ""});
    add_command(account, {"add", "Add one", ""}, [this] {
      chosen = "account add";
    }).add_option("NAME", name);
    CLI::App& backup = add_command(app, {"backup", "Copy", ""}, [this] { chosen = "backup"; });
    backup.add_option("DIR", name);
    backup.add_flag("--incremental", quiet);
    add_command(backup, {"verify", "Prove", ""}, [this] { chosen = "backup verify"; });
  }

  std::optional<int> run(std::vector<const char*> words) {
    words.insert(words.begin(), "tool");
    return parse(app, static_cast<int>(words.size()), words.data(), overview, kUsage);
  }
  std::string said(const std::vector<std::string>& words) {
    return complaint(app, words, "otherwise");
  }

  CLI::App app{"tool: a tool.", "tool"};
  const Overview overview{"does things.", {{"tool account add NAME", "Add one"}}};
  std::string config;
  std::string name;
  bool quiet = false;
  std::string chosen;
};

TEST_F(CommandLine, TheInnermostCommandIsChosen) {
  EXPECT_EQ(run({"-q", "account", "add", "alice"}), std::nullopt);
  EXPECT_EQ(chosen, "account add");
  EXPECT_EQ(run({"backup", "dir"}), std::nullopt);
  EXPECT_EQ(chosen, "backup");
  EXPECT_EQ(run({"backup", "verify"}), std::nullopt);
  EXPECT_EQ(chosen, "backup verify");
}

TEST_F(CommandLine, AnUnknownCommandNamesTheNearest) {
  EXPECT_EQ(said({"acount", "add"}), "there is no command \"acount\"; did you mean \"account\"?");
  EXPECT_EQ(said({"account", "addd"}),
            "there is no command \"account addd\"; did you mean \"account add\"?");
  EXPECT_EQ(said({"--config", "backup", "-q", "bakcup"}),
            "there is no command \"bakcup\"; did you mean \"backup\"?")
      << "a value is no command";
  EXPECT_EQ(said({"--config=x", "nonsense"}), "there is no command \"nonsense\"");
}

TEST_F(CommandLine, AnUnknownOptionNamesTheNearest) {
  EXPECT_EQ(said({"backup", "--incremetal"}),
            "there is no option \"--incremetal\"; did you mean \"--incremental\"?");
  EXPECT_EQ(said({"account", "add", "--quite"}),
            "there is no option \"--quite\"; did you mean \"--quiet\"?");
}

TEST_F(CommandLine, WhatIsWrongOtherwiseIsSaidAsItIs) {
  EXPECT_EQ(said({"backup", "one", "two"}), "otherwise") << "it takes operands";
  EXPECT_EQ(said({"account"}), "otherwise");
  EXPECT_EQ(said({"account", "add", "--", "--strange"}), "otherwise");
}

TEST_F(CommandLine, WithoutWordsItSaysHowToBegin) {
  EXPECT_EQ(run({}), kUsage);
  EXPECT_EQ(to_text(overview, "tool"),
            "tool: does things. To begin with:\n\n"
            "  tool account add NAME   Add one\n\n"
            "tool --help lists all commands.");
}

TEST_F(CommandLine, MistakesEndWithTheCodeForUsage) {
  EXPECT_EQ(run({"nonsense"}), kUsage);
  EXPECT_EQ(run({"account"}), kUsage);
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_EQ(chosen, "");
}

}  // namespace
}  // namespace restante::console
