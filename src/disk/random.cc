#include "disk/random.h"

#include <sys/random.h>

#include <cerrno>

namespace restante::disk {

Status fill_random(MutableBytes target) {
  while (!target.empty()) {
    const ssize_t got = ::getrandom(target.data(), target.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error(Errc::kIo, "getrandom");
    target = target.subspan(static_cast<std::size_t>(got));
  }
  return ok();
}

}  // namespace restante::disk
