#include "process/system_limits.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace restante::process {
namespace {

TEST(SystemLimits, NamesTheTasksOfTheGroup) {
  SystemLimits limits;
  limits.tasks = 7;
  EXPECT_EQ(limit_of_threads(limits),
            "the limit is pids.max = 7 of the control group (systemd: TasksMax=, containers: "
            "--pids-limit)");
}

TEST(SystemLimits, NamesTheUsersWhereThatIsLess) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NPROC, &before), 0);
  rlimit lower = before;
  lower.rlim_cur = std::min<rlim_t>(before.rlim_max, 5000);
  ASSERT_EQ(::setrlimit(RLIMIT_NPROC, &lower), 0);
  SystemLimits limits;
  limits.tasks = UINT64_MAX;
  const std::string said = limit_of_threads(limits);
  ASSERT_EQ(::setrlimit(RLIMIT_NPROC, &before), 0);
  EXPECT_NE(said.find("RLIMIT_NPROC = " + std::to_string(lower.rlim_cur)), said.npos) << said;
}

TEST(SystemLimits, NamesTheOpenFiles) {
  rlimit now{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_NE(limit_of_descriptors().find(std::to_string(now.rlim_cur) + " open files"),
            std::string::npos);
}

TEST(SystemLimits, LooksAtTheGroup) {
  // Any limit of this machine is one that this process keeps to.
  const SystemLimits limits = look_at_limits();
  EXPECT_GE(limits.tasks.value_or(1), 1U);
}

}  // namespace
}  // namespace restante::process
