#include "programs/hearing.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>

namespace restante::programs {
namespace {

using std::chrono::milliseconds;

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

class HearingTest : public testing::Test {
 protected:
  HearingTest() {
    hearing.name = "it";
    hearing.timeout = std::chrono::minutes(1);
    hearing.stop = [this] { return stop.number(); };
    hearing.take = [this](std::string_view piece) {
      heard += piece;
      if (heard.size() <= most) return ok();
      return Status(Error(Errc::kLimit, "too much"));
    };
  }

  /// What became of `sh -c line`.
  Status hear(const std::string& line) {
    heard.clear();
    Pipe pipe = *make_pipe();
    SpawnPlan plan(Group::kOwn);
    plan.duplicate(pipe.write.number(), STDOUT_FILENO);
    RESTANTE_TRY(Child child, plan.start({"/bin/sh", "-c", line}));
    pid = child.pid();
    pipe.write.reset();
    siginfo_t ended{};
    if (is_late)
      EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &ended, WEXITED | WNOWAIT), 0);
    RESTANTE_CHECKED(hear_out(child, pipe.read, hearing));
    status = child.wait();
    return ok();
  }

  files::Descriptor stop{::eventfd(0, EFD_CLOEXEC)};
  Hearing hearing;
  std::string heard;
  std::size_t most = 1U << 20;
  bool is_late = false;  ///< The test listens only after it has ended.
  int status = -1;
  pid_t pid = 0;  ///< And its group's.
};

TEST_F(HearingTest, HearsAllAndHowItEnded) {
  ASSERT_TRUE(hear("echo one; echo two; exit 3"));
  EXPECT_EQ(heard, "one\ntwo\n");
  EXPECT_EQ(WEXITSTATUS(status), 3);
  ASSERT_TRUE(hear("head -c 300000 /dev/zero"));
  EXPECT_EQ(heard.size(), 300'000U) << "more than a pipe holds";
}

TEST_F(HearingTest, GoesOnAfterItsOutputWasClosed) {
  ASSERT_TRUE(hear("echo one; exec >&-; exit 4"));
  EXPECT_EQ(heard, "one\n");
  EXPECT_EQ(WEXITSTATUS(status), 4);
}

TEST_F(HearingTest, WhatItLeftRunningIsWaitedForWhereSilenceIsWanted) {
  for (const char* const line : {"tail -f /dev/null &", "tail -f /dev/null & echo one"}) {
    for (const bool late : {false, true}) {
      is_late = late;
      hearing.until = Until::kItsEnd;
      hearing.timeout = std::chrono::minutes(1);
      ASSERT_TRUE(hear(line));
      EXPECT_EQ(::kill(-pid, SIGKILL), 0) << "it went on";
      hearing.until = Until::kSilence;
      hearing.timeout = milliseconds(50);
      const Status silent = hear(line);
      ASSERT_FALSE(silent) << line;
      EXPECT_EQ(silent.error().code, Errc::kTimeout);
    }
  }
  is_late = false;
  hearing.timeout = std::chrono::minutes(1);
  ASSERT_TRUE(hear("(echo later) & echo now; wait"));
  EXPECT_EQ(heard.size(), 10U);
}

TEST_F(HearingTest, WhatDoesNotEndInTimeIsKilled) {
  hearing.timeout = milliseconds(50);
  for (const Until until : {Until::kItsEnd, Until::kSilence}) {
    hearing.until = until;
    for (const char* const line : {"tail -f /dev/null", "exec >/dev/null; tail -f /dev/null"}) {
      const Status done = hear(line);
      ASSERT_FALSE(done) << line;
      EXPECT_EQ(done.error().code, Errc::kTimeout);
      EXPECT_EQ(done.error().detail, "it does not end; it was killed");
    }
  }
}

TEST_F(HearingTest, EndsWithTheBoundOfItsListener) {
  most = 10'000;
  const Status done = hear("cat /dev/zero");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kLimit);
  EXPECT_LT(heard.size(), most + 4097);
}

TEST_F(HearingTest, StopsWhenTold) {
  ASSERT_EQ(::eventfd_write(stop.number(), 1), 0);
  EXPECT_EQ(hear("tail -f /dev/null").error().code, Errc::kState);
}

TEST_F(HearingTest, LeavesNoDescriptorOpen) {
  const auto before = open_descriptors();
  ASSERT_TRUE(hear("echo one"));
  EXPECT_FALSE(SpawnPlan(Group::kOwn).start({"/no/such/program"}));
  most = 1;
  EXPECT_FALSE(hear("echo one"));
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace restante::programs
