#include "archive/reader/line.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace restante::archive {
namespace {

using namespace std::chrono_literals;

/// A line to a process that does nothing, and its other end. There is no pidfd, as on old kernels.
struct Ends {
  Ends() {
    id = ::fork();
    if (id == 0)
      for (::prctl(PR_SET_PDEATHSIG, SIGKILL);;) ::pause();
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    its = Descriptor(pair[1]);
    line = std::make_unique<Line>(Descriptor(pair[0]), Descriptor(), id);
  }
  ~Ends() {
    line.reset();
    if (id <= 0) return;
    ::kill(id, SIGKILL);
    ::waitpid(id, nullptr, 0);
  }
  bool ended_within(std::chrono::milliseconds most) {
    for (; most > 0ms; most -= 10ms) {
      if (::waitpid(id, nullptr, WNOHANG) == id) {
        id = 0;
        return true;
      }
      ::poll(nullptr, 0, 10);
    }
    return false;
  }
  Descriptor its;
  std::unique_ptr<Line> line;
  pid_t id = 0;
};

TEST(ReaderLine, AReaderThatDoesNotListenIsNotWaitedFor) {
  Ends ends;
  const std::string more_than_fits(16U << 20, 'x');
  EXPECT_EQ(ends.line->send(more_than_fits, Descriptor(), {20s, 50ms}), Line::Outcome::kSilent);
}

TEST(ReaderLine, APieceBuysTimeByItsSizeAlone) {
  Ends ends;
  Frame frame;
  ASSERT_EQ(ends.line->send("x", Descriptor(), {20s, 50ms}), Line::Outcome::kFrame);
  ASSERT_TRUE(send_frame(ends.its.number(), FrameKind::kPiece, false, "x"));
  ASSERT_EQ(ends.line->receive(frame), Line::Outcome::kFrame);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ends.line->receive(frame), Line::Outcome::kSilent);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST(ReaderLine, WhatIsSaidUnaskedIsNoticed) {
  Ends ends;
  EXPECT_TRUE(ends.line->is_quiet());
  ASSERT_TRUE(send_frame(ends.its.number(), FrameKind::kAnswer, false, "x"));
  EXPECT_FALSE(ends.line->is_quiet());
  Frame frame;
  ASSERT_EQ(ends.line->receive(frame), Line::Outcome::kFrame);
  EXPECT_TRUE(ends.line->is_quiet());
  ends.its = Descriptor();
  EXPECT_FALSE(ends.line->is_quiet()) << "it has ended";
}

TEST(ReaderLine, AReaderEndsWithItsLineOnAnOldKernelToo) {
  Ends ends;
  auto moved = std::make_unique<Line>(std::move(*ends.line));
  ends.line.reset();
  EXPECT_FALSE(ends.ended_within(50ms)) << "another one has the line";
  moved.reset();
  EXPECT_TRUE(ends.ended_within(20s));
}

TEST(ReaderLine, AnotherProcessWithTheNumberOfOneThatHasEndedLivesOn) {
  Ends ends;
  ends.its = Descriptor();
  ends.line.reset();
  EXPECT_FALSE(ends.ended_within(50ms));
}

}  // namespace
}  // namespace restante::archive
