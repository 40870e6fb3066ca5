#include "maildrop/log/file/log_builder.h"

#include <algorithm>
#include <array>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10;
constexpr std::size_t kBuiltChunkBytes = 128U << 10;

}  // namespace

LogBuilder::LogBuilder(disk::File& file, const LogHeader& header)
    : file_(file), seed_(header.seed), buffer_(encode_log_header(header)) {}

void LogBuilder::begin_record(const RecordHeader& header) {
  buffer_.append(static_cast<std::size_t>(align(end()) - end()), '\0');
  const std::uint64_t offset = end();
  const std::string head = encode_record_header(header, seed_, offset);
  buffer_ += head;
  last_record_ = offset;
  last_checksum_ = header_checksum_of(as_bytes(head));
}

Status LogBuilder::put(ByteView bytes) {
  buffer_ += as_text(bytes);
  // Records of some hundred octets would cost a system call each.
  return buffer_.size() < kBufferBytes ? ok() : flush();
}

Status LogBuilder::flush() {
  const std::array<ByteView, 1> pieces = {as_bytes(buffer_)};
  RESTANTE_CHECKED(file_.write(written_, pieces));
  written_ += buffer_.size();
  buffer_.clear();
  return ok();
}

Status LogBuilder::add(const RecordHeader& header, std::string_view body) {
  RecordHeader filled = header;
  filled.body_bytes = body.size();
  filled.body_checksum = checksum(as_bytes(body));
  begin_record(filled);
  ends_damaged_ = false;
  return put(as_bytes(body));
}

Result<bool> LogBuilder::copy_message(BodyPlace body, const ScannedRecord& message,
                                      const Pace* pace) {
  const std::uint64_t last_record = last_record_;
  const Checksum last_checksum = last_checksum_;
  begin_record(message.header);
  messages_.push_back({message.body_offset, end()});
  if (!message.header.uid.empty()) uids_.push_back(message.header.uid);
  const std::uint64_t total = message.header.body_bytes;
  std::vector<std::byte> chunk(
      static_cast<std::size_t>(std::min<std::uint64_t>(total, kBuiltChunkBytes)));
  ChecksumStream sum;
  for (std::uint64_t done = 0; done < total;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), total - done));
    const MutableBytes bytes = MutableBytes(chunk).first(size);
    RESTANTE_TRY(const std::size_t got, body.file.read(body.offset + done, bytes));
    if (got != size) return Error(Errc::kIo, "the log became shorter while it was copied");
    sum.update(bytes);
    RESTANTE_CHECKED(put(bytes));
    if (pace && *pace && !(*pace)(size)) return Error(Errc::kClosed, "stopped");
    done += size;
  }
  ends_damaged_ = sum.digest() != message.header.body_checksum;
  if (ends_damaged_) {
    // An index must name a record that a scan finds whole.
    last_record_ = last_record;
    last_checksum_ = last_checksum;
  }
  return !ends_damaged_;
}

Status LogBuilder::finish(WallTime now) {
  if (ends_damaged_) {
    // Behind a damaged last message stands a record that says nothing, and is whole: else the next
    // opening would take the message for a torn tail, and cut it.
    RecordHeader header;
    header.type = RecordType::kDeletion;
    header.key = static_cast<std::uint32_t>(View::kDefault);
    header.time = now;
    RESTANTE_CHECKED(add(header, {}));
  }
  return flush();
}

}  // namespace restante::maildrop::log
