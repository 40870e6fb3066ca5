#include "maildrop/log/drop/message_reader.h"

#include <algorithm>

namespace restante::maildrop::log {

Result<std::size_t> LogMessageReader::read(MutableBytes target) {
  return *read(target, Wait::kForDisk);
}

std::optional<Result<std::size_t>> LogMessageReader::read_cached(MutableBytes target) {
  return read(target, Wait::kNever);
}

std::optional<Result<std::size_t>> LogMessageReader::read(MutableBytes target, Wait wait) {
  if (corrupt_) return Result<std::size_t>(corrupt());
  if (entry_.info.wire_bytes == 0 && entry_.info.wire_checksum != checksum({}))
    return Result<std::size_t>(corrupt());  // There is nothing to read that would find it out.
  const std::uint64_t left = entry_.info.wire_bytes - position_;
  target = target.first(static_cast<std::size_t>(std::min<std::uint64_t>(target.size(), left)));
  if (target.empty()) return Result<std::size_t>(0);
  // A small one is checked before an octet of it goes out; a large one would need its size in
  // memory.
  return entry_.info.wire_bytes <= kVerifiedFirstBytesMax ? read_small(target, wait)
                                                          : read_large(target, wait);
}

/// Fills `target` from position_; nothing when that would wait and must not.
std::optional<Status> LogMessageReader::fetch(MutableBytes target, Wait wait) {
  disk::File& file = log_.file();
  const std::uint64_t offset = entry_.body_offset + position_;
  const auto got = wait == Wait::kNever ? file.read_cached(offset, target)
                                        : std::optional(file.read(offset, target));
  if (!got) return std::nullopt;
  if (!*got) return Status(got->error());
  if (**got != target.size()) return Status(corrupt());
  return ok();
}

std::optional<Result<std::size_t>> LogMessageReader::read_small(MutableBytes target, Wait wait) {
  if (verified_.empty()) {
    // All of it fits, as a rule: then nothing is copied twice.
    const bool direct = target.size() == entry_.info.wire_bytes;
    std::vector<std::byte> whole(direct ? 0 : static_cast<std::size_t>(entry_.info.wire_bytes));
    const MutableBytes into = direct ? target : MutableBytes(whole);
    const auto fetched = fetch(into, wait);
    if (!fetched) return std::nullopt;
    if (!*fetched) return Result<std::size_t>(fetched->error());
    if (checksum(into) != entry_.info.wire_checksum) return Result<std::size_t>(corrupt());
    position_ += direct ? target.size() : 0;
    verified_ = std::move(whole);
    if (direct) return Result<std::size_t>(target.size());
  }
  const auto from = verified_.begin() + static_cast<std::ptrdiff_t>(position_);
  std::copy_n(from, target.size(), target.begin());
  position_ += target.size();
  return Result<std::size_t>(target.size());
}

std::optional<Result<std::size_t>> LogMessageReader::read_large(MutableBytes target, Wait wait) {
  const auto fetched = fetch(target, wait);
  if (!fetched) return std::nullopt;
  if (!*fetched) return Result<std::size_t>(fetched->error());
  if (!sum_) sum_.emplace();
  sum_->update(target);
  position_ += target.size();
  if (position_ == entry_.info.wire_bytes && sum_->digest() != entry_.info.wire_checksum)
    return Result<std::size_t>(corrupt());
  return Result<std::size_t>(target.size());
}

Error LogMessageReader::corrupt() {
  const std::string what = "a message's body does not match its checksum";
  // Once a reader: a client that asks again and again fills no log.
  if (!corrupt_) maildrop_.report({entry_.body_offset, entry_.info.wire_bytes}, what);
  corrupt_ = true;
  return Error(Errc::kCorrupt, what);
}

}  // namespace restante::maildrop::log
