#include "dial/stop_signal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace restante::net {

Result<StopSignal> StopSignal::create() {
  files::Descriptor fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd.is_open()) return Error(Errc::kLimit, "eventfd: too many open files");
  return StopSignal(std::move(fd));
}

Result<StopSignal> StopSignal::watched(Pulse& pulse) const {
  // The same event behind another descriptor: one raise() is seen by all that watch.
  files::Descriptor fd(::fcntl(fd_.number(), F_DUPFD_CLOEXEC, 0));
  if (!fd.is_open()) return Error(Errc::kLimit, "dup: too many open files");
  StopSignal signal(std::move(fd));
  signal.pulse_ = &pulse;
  return signal;
}

void StopSignal::raise() const noexcept {
  const int kept = errno;  // We may be in a signal handler.
  const std::uint64_t one = 1;
  // It can only fail when it has been raised 2^64 times.
  [[maybe_unused]] const ssize_t written = ::write(fd_.number(), &one, sizeof one);
  errno = kept;
}

bool StopSignal::raised() const noexcept {
  pollfd wait{descriptor(), POLLIN, 0};
  return ::poll(&wait, 1, 0) > 0;
}

}  // namespace restante::net
