#include "fetch/outside/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "files/descriptor.h"

namespace restante::fetch {
namespace {

/// What `sh -c line` prints, in a group of ours or its own.
std::string output_of(Group group, const std::string& line,
                      const std::vector<std::string>* environment = nullptr) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const files::Descriptor read_end(ends[0]);
  files::Descriptor write_end(ends[1]);
  SpawnPlan plan(group);
  plan.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  plan.duplicate(write_end.number(), STDOUT_FILENO);
  const std::vector<std::string> words = {"/bin/sh", "-c", line};
  const pid_t pid = environment != nullptr ? plan.start(words, *environment) : plan.start(words);
  EXPECT_GT(pid, 0);
  Child child(pid, group);
  write_end.reset();
  std::string text;
  std::array<char, 256> piece{};
  for (;;) {
    const ssize_t count = ::read(read_end.number(), piece.data(), piece.size());
    if (count <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  const int status = child.wait();
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
  EXPECT_EQ(SpawnPlan(Group::kOwn).start({"no-such-program-anywhere"}), -ENOENT);
}

TEST(Child, IsKilledAndWaitedForWhenNobodyDid) {
  for (const Group group : {Group::kOurs, Group::kOwn}) {
    const pid_t pid = SpawnPlan(group).start({"sleep", "600"});
    ASSERT_GT(pid, 0);
    { const Child child(pid, group); }
    EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }
}

}  // namespace
}  // namespace restante::fetch
