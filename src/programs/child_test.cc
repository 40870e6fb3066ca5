#include "programs/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace restante::programs {
namespace {

/// What `sh -c line` prints, in a group of ours or its own.
std::string output_of(Group group, const std::string& line,
                      const std::vector<std::string>* environment = nullptr) {
  Pipe pipe = *make_pipe();
  SpawnPlan plan(group);
  plan.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  plan.duplicate(pipe.write.number(), STDOUT_FILENO);
  const std::vector<std::string> words = {"/bin/sh", "-c", line};
  auto child = environment != nullptr ? plan.start(words, *environment) : plan.start(words);
  EXPECT_TRUE(child);
  pipe.write.reset();
  std::string text;
  std::array<char, 256> piece{};
  for (;;) {
    const ssize_t count = ::read(pipe.read.number(), piece.data(), piece.size());
    if (count <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  const int status = child->wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return text;
}

TEST(Child, ItsGroupIsOursOrItsOwn) {
  const std::string group_of_shell = "cut -d' ' -f5 /proc/$$/stat; echo $$";
  const std::string ours = output_of(Group::kOurs, group_of_shell);
  EXPECT_EQ(ours.substr(0, ours.find('\n')), std::to_string(::getpgrp()));
  const std::string own = output_of(Group::kOwn, group_of_shell);
  const std::string group = own.substr(0, own.find('\n'));
  EXPECT_EQ(own, group + "\n" + group + "\n");
}

TEST(Child, StartsWithTheUsualSignals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
  const std::string mask = output_of(Group::kOurs, "grep SigBlk: /proc/self/status");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(mask, "SigBlk:\t0000000000000000\n");
}

TEST(Child, AnEnvironmentOfItsOwn) {
  const std::vector<std::string> environment = {"A=b c", "PATH=/usr/bin:/bin"};
  EXPECT_EQ(output_of(Group::kOwn, "echo \"$A\" $HOME", &environment), "b c\n");
}

TEST(Child, NoSuchProgram) {
  const auto started = SpawnPlan(Group::kOwn).start({"no-such-program-anywhere"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::kNotFound);
  EXPECT_EQ(started.error().detail, "no-such-program-anywhere: No such file or directory");
}

TEST(Child, IsKilledAndWaitedForWhenTheCallerDidNot) {
  for (const Group group : {Group::kOurs, Group::kOwn}) {
    pid_t pid = 0;
    {
      const auto child = SpawnPlan(group).start({"sleep", "600"});
      ASSERT_TRUE(child);
      pid = child->pid();
    }
    EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }
}

TEST(Child, APipeIsOfNoOtherChild) {
  const Pipe pipe = *make_pipe();
  for (const int end : {pipe.read.number(), pipe.write.number()})
    EXPECT_EQ(::fcntl(end, F_GETFD), FD_CLOEXEC);
}

}  // namespace
}  // namespace restante::programs
