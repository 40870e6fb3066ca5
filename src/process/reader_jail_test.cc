#include "process/reader_jail.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>

#include "process/seccomp.h"

namespace restante::process {
namespace {

constexpr int kSocket = 30;  // Where no test has anything.

/// What waitpid() says of a child that did this in the jail; it ends with the value.
int in_jail(
    const std::function<int()>& act, const JailBounds& bounds = {},
    const std::function<void()>& before = [] {}) {
  std::array<int, 2> pair{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pair[0], kSocket);
    before();
    ::_exit(enter_reader_jail(kSocket, bounds) ? act() : 99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  for (const int end : pair) ::close(end);
  return status;
}

int verdict(bool as_expected) { return as_expected ? 0 : 1; }

TEST(ReaderJail, ReadsWhatItIsGivenAndAnswersOnItsSocket) {
  const int file = ::open("/proc/self/stat", O_RDONLY);
  EXPECT_EQ(in_jail([file] {
              std::array<char, 16> octets{};
              void* const memory = ::mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return verdict(::read(file, octets.data(), octets.size()) > 0 &&
                             memory != MAP_FAILED && ::send(kSocket, "x", 1, MSG_NOSIGNAL) == 1);
            }),
            0);
  ::close(file);
}

TEST(ReaderJail, OpensNothingAndReachesNoHost) {
  EXPECT_EQ(in_jail([] { return verdict(::open("/etc/passwd", O_RDONLY) < 0); }), 0);
  EXPECT_EQ(in_jail([] { return verdict(::creat("/tmp/x", 0600) < 0); }), 0);
  EXPECT_EQ(in_jail([] { return verdict(::socket(AF_INET, SOCK_STREAM, 0) < 0); }), 0);
}

TEST(ReaderJail, LearnsOfNoFileButThoseThatItHas) {
  if (kSanitized) return;  // They look for files.
  struct stat found {};
  EXPECT_EQ(in_jail([&found] {
              return verdict(
                  ::stat("/etc/passwd", &found) < 0 &&
                  ::syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", &found, AT_EMPTY_PATH) < 0);
            }),
            0);
}

TEST(ReaderJail, CloserBoundsOfItsUserAreNoObstacle) {
  static constexpr rlimit kOwn{5, 7};
  EXPECT_EQ(in_jail(
                [] {
                  rlimit found{};
                  return verdict(::getrlimit(RLIMIT_CPU, &found) == 0 &&
                                 found.rlim_cur == kOwn.rlim_cur &&
                                 found.rlim_max == kOwn.rlim_max);
                },
                {}, [] { ::setrlimit(RLIMIT_CPU, &kOwn); }),
            0);
}

TEST(ReaderJail, WritesNowhereElse) {
  if (kSanitized) return;  // Their reports go to stderr.
  EXPECT_EQ(in_jail([] { return verdict(::write(STDERR_FILENO, "x", 1) < 0 && errno == EACCES); }),
            0);
}

TEST(ReaderJail, AProgramEndsIt) {
  const int status = in_jail([] {
    char name[] = "/bin/true";
    char* const words[] = {name, nullptr};
    ::execv(name, words);
    return 1;
  });
  // The sanitizers run a symbolizer; there the descriptors and rights are what holds it.
  const bool is_ended = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
  EXPECT_TRUE(is_ended || kSanitized);
}

TEST(ReaderJail, ItsTimeIsBounded) {
  const int status = in_jail(
      [] {
        for (volatile unsigned i = 0;; i = i + 1) continue;
        return 0;
      },
      {std::chrono::seconds(1), 512ULL << 20});
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(ReaderJail, ItsMemoryIsBounded) {
  if (kSanitized) return;  // Their shadow is larger than any bound.
  EXPECT_EQ(in_jail([] {
              return verdict(::mmap(nullptr, 600U << 20, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
            }),
            0);
  // Nor in ways that are not counted.
  for (const int way : {MAP_SHARED, MAP_PRIVATE | MAP_GROWSDOWN})
    EXPECT_EQ(in_jail([way] {
                return verdict(::mmap(nullptr, 1U << 20, PROT_READ | PROT_WRITE,
                                      way | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
              }),
              0);
}

TEST(ReaderJail, AMailThatIsLargerThanItsMemoryIsRead) {
  constexpr std::size_t kBytes = 620U << 20;
  std::FILE* const file = std::tmpfile();
  ASSERT_TRUE(file != nullptr && ::ftruncate(::fileno(file), kBytes) == 0);  // No octet is written.
  EXPECT_EQ(in_jail([file] {
              const void* const mail =
                  ::mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE, ::fileno(file), 0);
              return verdict(mail != MAP_FAILED && static_cast<const char*>(mail)[kBytes - 1] == 0);
            }),
            0);
  std::fclose(file);
}

}  // namespace
}  // namespace restante::process
