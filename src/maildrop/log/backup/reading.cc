#include "maildrop/log/backup/reading.h"

#include <algorithm>
#include <array>

namespace restante::backup {
namespace {

constexpr std::size_t kChunkBytes = 128U << 10;

}  // namespace

Status OrderedFile::hand_on(std::uint64_t offset, ByteView bytes) {
  const std::uint64_t end = std::min(offset + bytes.size(), to_);
  // The reader jumps back and forth, as a scan for records does; the sink gets every octet once and
  // in order, so that one reading does for copy, checksum and scan.
  if (end <= next_ || offset > next_) return ok();
  const auto skipped = static_cast<std::size_t>(next_ - offset);
  const auto size = static_cast<std::size_t>(end - next_);
  RESTANTE_CHECKED(sink_(bytes.subspan(skipped, size)));
  next_ = end;
  if (pace_ && !pace_(size)) return Error(Errc::kClosed, "stopped");
  return ok();
}

Status OrderedFile::fill_up_to(std::uint64_t end) {
  while (next_ < std::min(end, to_)) {
    if (buffer_.empty()) buffer_.resize(kChunkBytes);
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(buffer_.size(), std::min(end, to_) - next_));
    const MutableBytes piece = MutableBytes(buffer_).first(size);
    RESTANTE_TRY(const std::size_t got, file_.read(next_, piece));
    if (got != size) return Error(Errc::kIo, "a file became shorter while it was read");
    RESTANTE_CHECKED(hand_on(next_, piece));
  }
  return ok();
}

Result<std::size_t> OrderedFile::read(std::uint64_t offset, MutableBytes target) {
  RESTANTE_CHECKED(fill_up_to(offset));
  RESTANTE_TRY(const std::size_t got, file_.read(offset, target));
  RESTANTE_CHECKED(hand_on(offset, ByteView(target).first(got)));
  return got;
}

Status OrderedFile::finish() { return fill_up_to(to_); }

ByteSink writing_to(disk::File& target, std::uint64_t at) {
  return [&target, at](ByteView bytes) mutable -> Status {
    const std::array<ByteView, 1> pieces = {bytes};
    RESTANTE_CHECKED(target.write(at, pieces));
    at += bytes.size();
    return ok();
  };
}

Result<Checksum> sum_of(disk::File& file, std::uint64_t from, std::uint64_t to) {
  ChecksumStream sum;
  const auto take = [&sum](ByteView bytes) {
    sum.update(bytes);
    return ok();
  };
  const maildrop::Pace no_pace;
  OrderedFile ordered(file, from, to, take, no_pace);
  RESTANTE_CHECKED(ordered.finish());
  return sum.digest();
}

}  // namespace restante::backup
