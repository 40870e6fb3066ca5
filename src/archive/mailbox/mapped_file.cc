#include "archive/mailbox/mapped_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace restante::archive {

Result<MappedFile> MappedFile::of(const Descriptor& file, std::uint64_t bytes_max) {
  // In its jail a reader cannot call fstat(): the kernel's call for it takes any file's path.
  const off_t end = ::lseek(file.number(), 0, SEEK_END);
  if (end < 0) return system_error("lseek", "the message's file");
  const auto size = static_cast<std::uint64_t>(end);
  MappedFile mapped;
  mapped.is_cut_ = size > bytes_max;
  const auto bytes = static_cast<std::size_t>(std::min(size, bytes_max));
  char first = 0;  // A folder has none.
  if (::pread(file.number(), &first, 1, 0) < 0) return system_error("read", "the message's file");
  if (bytes == 0) return mapped;
  void* const start = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) return system_error("mmap", "the message's file");
  // A wish: read ahead, and let go of what was read.
  static_cast<void>(::madvise(start, bytes, MADV_SEQUENTIAL));
  mapped.octets_ = std::string_view(static_cast<const char*>(start), bytes);
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : octets_(std::exchange(other.octets_, {})), is_cut_(other.is_cut_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(octets_, other.octets_);
  std::swap(is_cut_, other.is_cut_);
  return *this;
}

MappedFile::~MappedFile() {
  if (octets_.empty()) return;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): munmap changes nothing in it.
  ::munmap(const_cast<char*>(octets_.data()), octets_.size());
}

}  // namespace restante::archive
