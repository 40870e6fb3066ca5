#include "process/seccomp.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <memory>
#include <thread>

#include "process/privileges.h"
#include "process/test_support.h"

namespace restante::process {
namespace {

constexpr int kNotSet = 200;

int filtered(const CallNeeds& needs, const std::function<int()>& attempt) {
  return in_child([&] {
    if (!no_new_privileges() || !filter_system_calls(needs)) return kNotSet;
    return attempt();
  });
}

CallNeeds network() {
  CallNeeds needs;
  needs.network = true;
  return needs;
}

struct Attempt {
  const char* what;
  int expected;
  std::function<int()> call;
};

int map(int protection) {
  void* const got = ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return got == MAP_FAILED ? errno : 0;
}

TEST(Seccomp, IsThereOrSaysThatItIsNot) {
  EXPECT_EQ(filtered({}, [] { return 0; }), has_seccomp() ? 0 : kNotSet);
}

TEST(Seccomp, WhatAServerDoesStillWorks) {
  if (!has_seccomp()) return;
  const Attempt table[] = {
      {"open", 0, [] { return outcome(::open("/", O_RDONLY)); }},
      {"epoll", 0, [] { return outcome(::epoll_create1(EPOLL_CLOEXEC)); }},
      {"memory", 0, [] { return map(PROT_READ | PROT_WRITE); }},
      {"heap", 0, [] { return std::make_unique<char[]>(64 << 20)[1] == 0 ? 0 : 1; }},
      {"name of a thread", 0, [] { return outcome(::prctl(PR_SET_NAME, "restanted")); }},
      {"ask for a limit", 0,
       [] {
         rlimit limit{};
         return outcome(::getrlimit(RLIMIT_NOFILE, &limit));
       }},
      {"threads", 0,
       [] {
         int done = 0;
         std::thread([&done] { done = 1; }).join();
         return done == 1 ? 0 : 1;
       }},
  };
  for (const Attempt& attempt : table)
    EXPECT_EQ(filtered({}, attempt.call), attempt.expected) << attempt.what;
}

TEST(Seccomp, WhatItNeedsNotIsNotThere) {
  if (!has_seccomp()) return;
  const Attempt table[] = {
      {"socket", ENOSYS, [] { return outcome(::socket(AF_INET, SOCK_STREAM, 0)); }},
      {"unix socket", ENOSYS, [] { return outcome(::socket(AF_UNIX, SOCK_STREAM, 0)); }},
      {"connect", ENOSYS, [] { return outcome(::connect(0, nullptr, 0)); }},
      {"listen", ENOSYS, [] { return outcome(::listen(0, 1)); }},
      {"setuid", ENOSYS, [] { return outcome(::setuid(0)); }},
      {"setgroups", ENOSYS, [] { return outcome(::syscall(SYS_setgroups, 0, nullptr)); }},
      {"capset", ENOSYS, [] { return outcome(::syscall(SYS_capset, nullptr, nullptr)); }},
      {"terminal", ENOSYS, [] { return outcome(::syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */)); }},
      {"clone3", ENOSYS, [] { return outcome(::syscall(SYS_clone3, nullptr, 0)); }},
      {"no such call", ENOSYS, [] { return outcome(::syscall(100000)); }},
  };
  for (const Attempt& attempt : table)
    EXPECT_EQ(filtered({}, attempt.call), attempt.expected) << attempt.what;
}

TEST(Seccomp, WhatOnlyAnIntruderAsksForEndsTheProcess) {
  if (!has_seccomp()) return;
  const Attempt table[] = {
      {"mount", -SIGSYS, [] { return outcome(::mount("none", "/x", "tmpfs", 0, nullptr)); }},
      {"io_uring", -SIGSYS, [] { return outcome(::syscall(SYS_io_uring_setup, 1, nullptr)); }},
      {"bpf", -SIGSYS, [] { return outcome(::syscall(SYS_bpf, 0, nullptr, 0)); }},
      {"keys", -SIGSYS, [] { return outcome(::syscall(SYS_keyctl, 0)); }},
      {"name spaces", -SIGSYS, [] { return outcome(::syscall(SYS_unshare, 0)); }},
      {"other memory", -SIGSYS,
       [] { return outcome(::syscall(SYS_process_vm_writev, 1, nullptr, 0, nullptr, 0, 0)); }},
  };
  for (const Attempt& attempt : table) {
    EXPECT_EQ(filtered({}, attempt.call), attempt.expected) << attempt.what;
    EXPECT_EQ(filtered(network(), attempt.call), attempt.expected) << attempt.what;
  }
}

TEST(Seccomp, NoProgramsAndNoNewCode) {
  if (!has_seccomp()) return;
  const auto execute = [] {
    char name[] = "/bin/true";
    char* words[] = {name, nullptr};
    ::execv(name, words);
    return errno;
  };
  const auto fork_and_wait = [] {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return outcome(::waitpid(child, nullptr, 0));
  };
  CallNeeds helpers;
  helpers.helpers = true;
  EXPECT_EQ(filtered({}, execute), -SIGSYS);
  EXPECT_EQ(filtered(network(), execute), -SIGSYS);
  EXPECT_EQ(filtered(helpers, execute), ENOSYS);
  EXPECT_EQ(filtered({}, [] { return outcome(::ptrace(PTRACE_TRACEME, 0, 0, 0)); }), -SIGSYS);
  EXPECT_EQ(filtered({}, [] { return outcome(::fork()); }), ENOSYS);
  EXPECT_EQ(filtered(network(), [] { return outcome(::fork()); }), ENOSYS);
  EXPECT_EQ(filtered(helpers, fork_and_wait), 0);
  EXPECT_EQ(filtered({}, [] { return map(PROT_READ | PROT_EXEC); }), ENOSYS);
  EXPECT_EQ(filtered({}, [] { return outcome(::kill(::getppid(), 0)); }), ENOSYS);
}

TEST(Seccomp, BackEndsThatAskOthersMakeConnections) {
  if (!has_seccomp()) return;
  for (const int family : {AF_UNIX, AF_INET, AF_INET6})
    EXPECT_EQ(filtered(network(), [&] { return outcome(::socket(family, SOCK_STREAM, 0)); }), 0);
  EXPECT_EQ(filtered(network(), [] { return outcome(::socket(AF_PACKET, SOCK_RAW, 0)); }), ENOSYS);
  EXPECT_EQ(filtered(network(), [] { return outcome(::listen(0, 1)); }), ENOSYS);
}

}  // namespace
}  // namespace restante::process
