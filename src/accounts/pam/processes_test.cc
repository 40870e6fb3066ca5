#include "accounts/pam/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace restante::accounts::pam {
namespace {

using testing::HasSubstr;

/// A service whose module is a script.
class PamProcesses : public testing::Test {
 protected:
  PamProcesses() {
    std::filesystem::create_directories(folder_);
    settings_.service_dir = folder_;
    settings_.connections = 1;
    write("restante", "auth required pam_exec.so quiet " + (folder_ / "module").string() +
                          "\naccount required pam_permit.so\n");
  }
  ~PamProcesses() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }
  Status ask(const std::string& script) {
    write("module", "#!/bin/sh\n" + script + "\n");
    if (!processes_) processes_ = std::move(*Processes::start(settings_));
    return processes_->ask("alice", "secret", "127.0.0.1");
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("pam-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  Settings settings_;
  std::unique_ptr<Processes> processes_;
};

TEST_F(PamProcesses, PamAnswers) {
  EXPECT_TRUE(ask("[ $PAM_USER = alice ] && [ $PAM_RHOST = 127.0.0.1 ]"));
  const Status wrong = ask("exit 1");
  EXPECT_NE(wrong.error().code, Errc::kState);
  EXPECT_TRUE(ask("exit 0"));
}

TEST_F(PamProcesses, AModuleThatEndsItsProcessCostsOneQuestion) {
  const Status crashed = ask("kill -KILL $PPID");
  EXPECT_EQ(crashed.error().code, Errc::kIo);
  EXPECT_THAT(crashed.error().detail, HasSubstr("a module ended its process"));
  EXPECT_TRUE(ask("exit 0"));
}

TEST_F(PamProcesses, AModuleThatHangsIsEnded) {
  settings_.module_max = std::chrono::seconds(1);
  ASSERT_EQ(::mkfifo((folder_ / "never").c_str(), 0600), 0);
  const Status late = ask("echo $$ >" + (folder_ / "script").string() + "; exec 3<>" +
                          (folder_ / "never").string() + "; read line <&3");
  EXPECT_EQ(late.error().code, Errc::kIo);
  EXPECT_THAT(late.error().detail, HasSubstr("no answer within 1 s"));
  pid_t script = 0;
  std::ifstream(folder_ / "script") >> script;
  ASSERT_GT(script, 0);
  EXPECT_NE(::kill(script, 0), 0) << "its program goes with it";
  EXPECT_TRUE(ask("exit 0"));
}

// Of its two processes the first is killed under its question, which the module's still answers.
TEST_F(PamProcesses, AProcessThatIsGoneIsAskedNoMore) {
  settings_.connections = 2;
  const std::string kill_the_one_above = "kill -KILL $(cut -d' ' -f4 /proc/$PPID/stat)";
  EXPECT_TRUE(ask(kill_the_one_above));
  EXPECT_TRUE(ask("exit 0"));
  EXPECT_TRUE(ask(kill_the_one_above));
  const Status none = ask("exit 0");
  EXPECT_EQ(none.error().code, Errc::kIo);
  EXPECT_THAT(none.error().detail, HasSubstr("all its processes have ended"));
}

TEST_F(PamProcesses, APasswordThatIsTooLongIsWrong) {
  write("module", "#!/bin/sh\nexit 0\n");
  processes_ = std::move(*Processes::start(settings_));
  EXPECT_EQ(processes_->ask("alice", std::string(9000, 'x'), "").error().code, Errc::kAuth);
}

}  // namespace
}  // namespace restante::accounts::pam
