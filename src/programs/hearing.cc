#include "programs/hearing.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "files/errors.h"

namespace restante::programs {
namespace {

using Clock = std::chrono::steady_clock;

bool is_no_fault(int number) { return number == EINTR || number == EAGAIN; }

}  // namespace

Status hear_out(const Child& child, const files::Descriptor& pipe, const Hearing& hearing) {
  const files::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child.pid(), 0)));
  if (!process.is_open()) return files::io_error("pidfd_open");
  // Of our end alone: a program does not expect that its output may be full.
  if (::fcntl(pipe.number(), F_SETFL, O_NONBLOCK) != 0) return files::io_error("fcntl");
  const Clock::time_point deadline = Clock::now() + hearing.timeout;
  bool has_ended = false;
  bool is_silent = false;
  std::array<char, 4096> piece{};
  for (;;) {
    // A process that has ended stays readable, and would keep this loop busy.
    const bool is_known = has_ended && hearing.until == Until::kSilence;
    std::array<pollfd, 3> waits{{{is_known ? -1 : process.number(), POLLIN, 0},
                                 {hearing.stop(), POLLIN, 0},
                                 {is_silent ? -1 : pipe.number(), POLLIN, 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0)
      return Error(Errc::kTimeout, hearing.name + " does not end; it was killed");
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return files::io_error("poll");
    if (ready <= 0) continue;
    if (waits[1].revents != 0) return Error(Errc::kState, "interrupted");
    has_ended = has_ended || waits[0].revents != 0;
    if (waits[2].revents != 0) {
      const ssize_t count = ::read(pipe.number(), piece.data(), piece.size());
      if (count < 0 && !is_no_fault(errno)) return files::io_error(hearing.name);
      is_silent = count == 0;
      if (count > 0) {
        Status taken = hearing.take({piece.data(), static_cast<std::size_t>(count)});
        // The piece may be a password.
        ::explicit_bzero(piece.data(), piece.size());
        if (!taken) return taken;
        continue;  // There may be more, also of one that has ended.
      }
    }
    if (has_ended && (is_silent || hearing.until == Until::kItsEnd)) return ok();
  }
}

}  // namespace restante::programs
