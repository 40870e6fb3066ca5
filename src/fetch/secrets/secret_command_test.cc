#include "fetch/secrets/secret_command.h"

#include <gmock/gmock.h>

#include <thread>

namespace restante::fetch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SecretCommandTest : public testing::Test {
 protected:
  Result<SecretString> run(std::vector<std::string> words, std::string_view input = {}) {
    SecretCommand command;
    command.words = std::move(words);
    command.name = "it";
    command.input = input;
    command.timeout = timeout;
    command.takes_stderr = takes_stderr;
    return run_secret_command(command, *stop);
  }
  Result<SecretString> shell(const std::string& line) { return run(shell_words(line, {})); }

  Result<net::StopSignal> stop = net::StopSignal::create();
  std::chrono::milliseconds timeout = std::chrono::minutes(1);
  bool takes_stderr = false;
};

TEST_F(SecretCommandTest, PrintsASecret) {
  EXPECT_EQ(run({"printf", "%s\n", "a  b$(false)"})->view(), "a  b$(false)\n");
  EXPECT_EQ(shell("printf one; printf two")->view(), "onetwo");
  EXPECT_EQ(run({"cat"}, "given")->view(), "given");
  EXPECT_THAT(shell_words("x", {"a", "b"}), ElementsAre("a", "b"));
}

TEST_F(SecretCommandTest, WhatItSaysIsTold) {
  takes_stderr = true;
  const auto told = shell("printf 'no\\033 bus\\n' >&2; exit 1");
  EXPECT_EQ(told.error().code, Errc::kAuth);
  EXPECT_EQ(told.error().detail, "it: no  bus");
  EXPECT_EQ(shell("exit 1").error().code, Errc::kNotFound);
  EXPECT_EQ(shell("exit 2").error().code, Errc::kAuth);
  EXPECT_EQ(run({"no-such-program-here"}).error().code, Errc::kAuth);
  EXPECT_EQ(shell("echo aside >&2; echo secret")->view(), "secret\n");
  EXPECT_LT(shell("head -c 100000 /dev/zero >&2; echo x >&2; exit 1").error().detail.size(), 400U);
}

TEST_F(SecretCommandTest, FirstLine) {
  EXPECT_EQ(first_line(SecretString("a\r\nb\n")).view(), "a");
  EXPECT_EQ(first_line(SecretString("a")).view(), "a");
  EXPECT_EQ(first_line(SecretString("\nb")).view(), "");
}

TEST_F(SecretCommandTest, SaysHowItEndedAndNeverWhatItPrinted) {
  const auto failed = shell("printf secret; exit 3");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::kAuth);
  EXPECT_THAT(failed.error().detail, HasSubstr("it ended with 3"));
  EXPECT_THAT(failed.error().detail, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(run({"/nonexistent/program"}).error().code, Errc::kAuth);
  EXPECT_EQ(shell("/nonexistent/program 2>/dev/null").error().code, Errc::kAuth);
  EXPECT_THAT(shell("kill -9 $$").error().detail, HasSubstr("signal 9"));
}

TEST_F(SecretCommandTest, EndsWhatDoesNotEnd) {
  timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(shell("exec cat /dev/zero | head -c 1; exec tail -f /dev/null").error().code,
            Errc::kTimeout);
  timeout = std::chrono::minutes(1);
  EXPECT_EQ(run({"cat", "/dev/zero"}).error().code, Errc::kLimit);
}

TEST_F(SecretCommandTest, StopsWhenTold) {
  std::thread other([this] { stop->raise(); });
  EXPECT_EQ(run({"tail", "-f", "/dev/null"}).error().code, Errc::kState);
  other.join();
}

}  // namespace
}  // namespace restante::fetch
