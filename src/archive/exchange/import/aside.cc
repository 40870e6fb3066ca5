#include "archive/exchange/import/aside.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace restante::archive {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10;

}  // namespace

Status Aside::make_file() {
  // The ending by which an abandoned file is known and removed.
  std::string name = (folder_ / "aside.XXXXXX.restante-incoming").string();
  constexpr int kSuffixBytes = 18;
  const int number = ::mkostemps(name.data(), kSuffixBytes, O_CLOEXEC);
  if (number < 0) return system_error("mkstemp", folder_);
  file_ = Descriptor(number);
  // Without a name: the file goes with this program, however that ends.
  return remove_file(name);
}

Status Aside::write(std::string_view octets) {
  pending_.append(octets);
  written_ += octets.size();
  if (pending_.size() < kBufferBytes) return ok();
  // Only now: most mail is small, and never sees a disk before it is kept.
  if (!file_.is_open()) RESTANTE_CHECKED(make_file());
  return write_pending();
}

Status Aside::flush() {
  // All of it is here.
  if (!file_.is_open()) file_ = Descriptor(::memfd_create("aside", MFD_CLOEXEC));
  // A system may refuse files in memory.
  if (!file_.is_open()) RESTANTE_CHECKED(make_file());
  return write_pending();
}

Status Aside::write_pending() {
  RESTANTE_CHECKED(write_all(file_, pending_, path()));
  pending_.clear();
  return ok();
}

Status Aside::read(std::uint64_t from, std::uint64_t to, const OctetSink& sink) const {
  std::string buffer(kBufferBytes, '\0');
  while (from < to) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, buffer.size()));
    const ssize_t count = ::pread(file_.number(), buffer.data(), wanted, static_cast<off_t>(from));
    if (count < 0) return system_error("pread", path());
    if (count == 0) return Error(Errc::kIo, path().string() + ": it has become shorter");
    RESTANTE_CHECKED(sink(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
    from += static_cast<std::uint64_t>(count);
  }
  return ok();
}

// A name that other code can open, though the file has none.
Path Aside::path() const { return Path("/proc/self/fd") / std::to_string(file_.number()); }

}  // namespace restante::archive
