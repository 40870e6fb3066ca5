#include "fetch/outside/program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "files/descriptor.h"
#include "files/test_support.h"

namespace restante::fetch {
namespace {

using testing::HasSubstr;

class ProgramTest : public testing::Test {
 protected:
  static Program shell(const std::string& line) {
    Program program;
    program.words = {"/bin/sh", "-c", line};
    return program;
  }
  Result<ProgramEnd> run(const Program& program) { return run_program(program, stop_); }
  files::TempFolder folder_;
  net::StopSignal stop_ = *net::StopSignal::create();
};

TEST_F(ProgramTest, ExitCodeAndTheLastWords) {
  const auto end = run(shell("echo first >&2; echo no such user >&2; exit 67"));
  ASSERT_TRUE(end) << end.error().message();
  EXPECT_EQ(end->code, 67);
  EXPECT_EQ(end->said, "first no such user");
}

TEST_F(ProgramTest, ASignalIsNoSuccess) { EXPECT_EQ(run(shell("kill -9 $$"))->code, 128 + 9); }

TEST_F(ProgramTest, StdinIsTheFileAndStdoutIsNowhere) {
  folder_.write("in", "the message\n");
  const files::Descriptor file(::open((folder_ / "in").c_str(), O_RDONLY | O_CLOEXEC));
  Program program = shell("read line; echo \"$line\" >&2; echo noise");
  program.input = file.number();
  EXPECT_EQ(run(program)->said, "the message");
  EXPECT_EQ(run(shell("cat >&2"))->said, "");
}

TEST_F(ProgramTest, TheEnvironmentCarriesTextThatAShellDoesNotRead) {
  Program program = shell("printf '%s' \"$RESTANTE_SUBJECT\" >&2; printf %s \"$HOME\" >&2");
  program.environment = {{"RESTANTE_SUBJECT", "$(touch pwned); `id`"}, {"HOME", "/nowhere"}};
  EXPECT_EQ(run(program)->said, "$(touch pwned); `id`/nowhere");
}

TEST_F(ProgramTest, NoSuchProgram) {
  Program program;
  program.words = {"/no/such/program"};
  const auto end = run(program);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::kNotFound);
}

TEST_F(ProgramTest, WhatDoesNotEndIsKilledWithItsChildren) {
  Program program = shell("cat /dev/zero > /dev/null & wait");
  program.timeout = std::chrono::milliseconds(300);
  const auto end = run(program);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::kTimeout);
}

TEST_F(ProgramTest, MuchTalkIsCut) {
  const auto end = run(shell("yes no | head -c 1000000 >&2; echo last >&2"));
  ASSERT_TRUE(end);
  EXPECT_LE(end->said.size(), 500U);
  EXPECT_TRUE(end->said.ends_with("last")) << end->said;
}

TEST_F(ProgramTest, StopEndsIt) {
  stop_.raise();
  const auto end = run(shell("cat /dev/zero > /dev/null"));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::kState);
}

}  // namespace
}  // namespace restante::fetch
