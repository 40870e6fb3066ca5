#include "process/sandbox.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "process/test_support.h"

namespace restante::process {
namespace {

using SandboxTest = ProcessTest;

TEST_F(SandboxTest, AllOfItTogether) {
  const bool expected_complete = missing_for_sandbox().empty();
  const int outcome_of_all = in_child([&] {
    SandboxPlan plan;
    plan.paths.push_back({folder_, Access::kReadWrite});
    const Sandbox sandbox = enter_sandbox(plan);
    if (sandbox.complete() != expected_complete) return 1;
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && !sandbox.no_new_privileges) return 2;
    if (::open((folder_ / "new").c_str(), O_RDWR | O_CREAT, 0600) < 0) return 3;
    if (sandbox.landlock > 0 && outcome(::open("/etc/passwd", O_RDONLY)) != EACCES) return 4;
    if (!sandbox.seccomp) return 0;
    static_cast<void>(::mount("none", "/x", "tmpfs", 0, nullptr));
    return 5;
  });
  EXPECT_EQ(outcome_of_all, has_seccomp() ? -SIGSYS : 0);
}

TEST(Sandbox, SaysWhatIsInForce) {
  Sandbox sandbox;
  EXPECT_EQ(sandbox.to_string(), "landlock=off seccomp=off no_new_privs=no");
  sandbox.landlock = 3;
  sandbox.seccomp = true;
  sandbox.no_new_privileges = true;
  EXPECT_EQ(sandbox.to_string(), "landlock=abi3 seccomp=on no_new_privs=yes");
}

// Once the filter is in force, Landlock's calls are not there, as on a kernel without it.
TEST_F(SandboxTest, WhatTheKernelLacksIsSaidAndTheRestIsUsed) {
  if (!has_seccomp()) return;
  EXPECT_EQ(in_child([&] {
              const Sandbox first = enter_sandbox({});
              const std::vector<std::string> missing = missing_for_sandbox();
              const Sandbox second = enter_sandbox({});
              if (!first.complete() && landlock_version() > 0) return 1;
              if (second.landlock != 0 || second.complete()) return 2;
              return missing.empty() || missing.front().find("no Landlock") != 0 ? 3 : 0;
            }),
            0);
}

}  // namespace
}  // namespace restante::process
