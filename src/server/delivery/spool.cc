#include "server/delivery/spool.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "files/errors.h"

namespace restante::server {
namespace {

Error spool_error(const char* call) {
  const int number = errno;
  return files::io_error(std::string("spool ") + call, number);
}

}  // namespace

Status Spool::open_file() {
  if (file_.is_open()) return ok();
  // The file has no name, so a crash leaves nothing behind.
  file_.reset(::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file_.is_open()) return spool_error("open");
  return ok();
}

// Not synced: a crash loses the spool, but the sender has no 250 for it yet.
Status Spool::flush() {
  RESTANTE_CHECKED(open_file());
  std::string_view rest = memory_;
  while (!rest.empty()) {
    const ssize_t written =
        ::pwrite(file_.number(), rest.data(), rest.size(), static_cast<off_t>(file_bytes_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return spool_error("write");
    file_bytes_ += static_cast<std::uint64_t>(written);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  memory_.clear();
  return ok();
}

Status Spool::read(std::uint64_t offset, MutableBytes target) {
  while (!target.empty() && offset < file_bytes_) {
    const std::size_t wanted = std::min<std::uint64_t>(target.size(), file_bytes_ - offset);
    const ssize_t count =
        ::pread(file_.number(), target.data(), wanted, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return spool_error("read");
    offset += static_cast<std::uint64_t>(count);
    target = target.subspan(static_cast<std::size_t>(count));
  }
  if (target.empty()) return ok();
  const std::uint64_t start = offset - file_bytes_;
  if (start > memory_.size() || target.size() > memory_.size() - start)
    return Error(Errc::kIo, "spool read beyond its end");
  std::memcpy(target.data(), memory_.data() + start, target.size());
  return ok();
}

}  // namespace restante::server
