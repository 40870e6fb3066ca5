// Reading files from their first byte to their last: the scanner of logs jumps about and reads some
// bytes twice; a copy or a sum wants each byte once and in order.
#pragma once

#include <functional>
#include <vector>

#include "base/checksum.h"
#include "disk/read_only_file.h"
#include "maildrop/store.h"

namespace restante::backup {

using ByteSink = std::function<Status(ByteView)>;

/// A file for reading that hands every byte of [from, to) to a sink, once and in order, as the
/// reads come by. finish() reads what no read touched. Nothing else of a file works through it.
class OrderedFile final : public disk::ReadOnlyFile {
 public:
  /// `file` and `pace` are not owned.
  OrderedFile(disk::File& file, std::uint64_t from, std::uint64_t to, ByteSink sink,
              const maildrop::Pace& pace)
      : file_(file), next_(from), to_(to), sink_(std::move(sink)), pace_(pace) {}

  /// Errors: also the sink's, and kClosed: the pace said stop.
  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override;
  /// Errors: kIo also when the file is shorter than `to`.
  Status finish();

  Result<disk::FileStatus> status() override { return file_.status(); }

 private:
  Status hand_on(std::uint64_t offset, ByteView bytes);
  Status fill_up_to(std::uint64_t end);

  disk::File& file_;
  std::uint64_t next_;  // The first byte that the sink has not seen.
  const std::uint64_t to_;
  const ByteSink sink_;
  const maildrop::Pace& pace_;
  std::vector<std::byte> buffer_;
};

/// Writes what it gets into `target` (not owned) from `at` on, and counts on.
ByteSink writing_to(disk::File& target, std::uint64_t at);

/// The checksum of [from, to). Errors: kIo, also when the file is shorter.
Result<Checksum> sum_of(disk::File& file, std::uint64_t from, std::uint64_t to);

}  // namespace restante::backup
