#include "process/descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "process/filter_rules.h"
#include "process/seccomp.h"

namespace restante::process {
namespace {

enum class Kernel : std::uint8_t { kOfToday, kWithoutCloseRange };

/// What a child ends with that had three descriptors, and closed all but the first.
int closing(Kernel kernel) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (kernel == Kernel::kWithoutCloseRange) {
      FilterRules rules(SCMP_ACT_ALLOW);
      const char* const names[] = {"close_range"};
      rules.all(SCMP_ACT_ERRNO(ENOSYS), names);
      if (!rules.load()) ::_exit(99);
    }
    const int kept = ::fcntl(0, F_DUPFD, 40);
    const int lost = ::fcntl(0, F_DUPFD, 60);
    const int far = ::fcntl(0, F_DUPFD, 200);
    const bool closed = close_descriptors(50, ~0U);
    const auto is_open = [](int number) { return ::fcntl(number, F_GETFD) >= 0; };
    ::_exit(closed && is_open(kept) && !is_open(lost) && !is_open(far) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(Descriptors, ThoseBehindTheLastThatIsKeptAreClosed) {
  EXPECT_EQ(closing(Kernel::kOfToday), 0);
}

TEST(Descriptors, AnOldKernelKeepsNoneOpenEither) {
  if (has_seccomp()) EXPECT_EQ(closing(Kernel::kWithoutCloseRange), 0);
}

}  // namespace
}  // namespace restante::process
