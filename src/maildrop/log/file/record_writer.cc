#include "maildrop/log/file/record_writer.h"

#include <algorithm>
#include <array>
#include <vector>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kGatheredBytesMax = 64U << 10;
constexpr std::size_t kChunkBytes = 256U << 10;
constexpr std::size_t kBodyBufferBytes = 512U << 10;

/// The part of a small body that is not in memory; the checksum of all of it.
Result<std::vector<std::byte>> read_rest(const RecordBody& body, Checksum& sum) {
  std::vector<std::byte> rest(body.rest ? static_cast<std::size_t>(body.rest->size()) : 0);
  if (body.rest) RESTANTE_CHECKED(body.rest->read(0, rest));
  ChecksumStream stream;
  stream.update(as_bytes(body.prefix));
  stream.update(rest);
  sum = stream.digest();
  return rest;
}

/// Header and body with one write. Power loss may keep any sectors of it: a header without its
/// whole body fails the body's checksum, a body without its header is no record.
Result<Checksum> write_gathered(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                const RecordBody& body) {
  RESTANTE_TRY(const std::vector<std::byte> rest, read_rest(body, header.body_checksum));
  const std::string head = encode_record_header(header, place.seed, place.offset);
  const std::array<ByteView, 3> pieces = {as_bytes(head), as_bytes(body.prefix), ByteView(rest)};
  RESTANTE_CHECKED(file.write(place.offset, pieces));
  return header_checksum_of(as_bytes(head));
}

/// The body in chunks from `at` on; its checksum. The source is read once.
Result<Checksum> write_chunks(disk::File& file, std::uint64_t at, const RecordBody& body) {
  ChecksumStream sum;
  const std::array<ByteView, 1> prefix = {as_bytes(body.prefix)};
  sum.update(prefix[0]);
  RESTANTE_CHECKED(file.write(at, prefix));
  at += body.prefix.size();
  std::vector<std::byte> chunk(kChunkBytes);
  const std::uint64_t rest_bytes = body.rest ? body.rest->size() : 0;
  for (std::uint64_t done = 0; done < rest_bytes;) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), rest_bytes - done));
    const MutableBytes bytes = MutableBytes(chunk).first(size);
    RESTANTE_CHECKED(body.rest->read(done, bytes));
    sum.update(bytes);
    const std::array<ByteView, 1> pieces = {bytes};
    RESTANTE_CHECKED(file.write(at + done, pieces));
    done += size;
  }
  return sum.digest();
}

ScannedRecord record_at(const RecordPlace& place, const RecordHeader& header) {
  ScannedRecord record;
  record.offset = place.offset;
  record.body_offset = place.offset + record_header_bytes(header);
  record.end = record.body_offset + header.body_bytes;
  return record;
}

}  // namespace

bool is_small(const RecordBody& body) { return body.size() <= kGatheredBytesMax; }

Result<Checksum> BodyBuffer::put(std::uint64_t at, const RecordBody& body) {
  if (bytes_.empty()) begin_ = at;
  const std::size_t before = bytes_.size();
  const auto place = static_cast<std::size_t>(at - begin_);
  bytes_.reserve(kBodyBufferBytes);
  bytes_.resize(place);
  const ByteView prefix = as_bytes(body.prefix);
  bytes_.insert(bytes_.end(), prefix.begin(), prefix.end());
  if (body.rest) {
    const std::size_t rest_at = bytes_.size();
    bytes_.resize(rest_at + static_cast<std::size_t>(body.rest->size()));
    if (Status read = body.rest->read(0, MutableBytes(bytes_).subspan(rest_at)); !read) {
      // Its source failed, and the others of the batch are whole: only this one is taken out.
      bytes_.resize(before);
      return std::move(read).error();
    }
  }
  return checksum(ByteView(bytes_).subspan(place));
}

bool BodyBuffer::is_full() const {
  return bytes_.size() + 2 * kGatheredBytesMax > kBodyBufferBytes;
}

Status BodyBuffer::flush(disk::File& file) {
  if (bytes_.empty()) return ok();
  const std::array<ByteView, 1> pieces = {bytes_};
  Status written = file.write(begin_, pieces);
  bytes_.clear();
  return written;
}

// Of a large record the body first: a failure or crash in between leaves no header, so no record.
Result<ScannedRecord> write_record(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                   const RecordBody& body) {
  header.body_bytes = body.size();
  ScannedRecord record = record_at(place, header);
  if (is_small(body)) {
    RESTANTE_TRY(const Checksum sum, write_gathered(file, place, header, body));
    record.header_checksum = sum;
    return record;
  }
  RESTANTE_TRY(const Checksum body_sum, write_chunks(file, record.body_offset, body));
  header.body_checksum = body_sum;
  RESTANTE_TRY(const Checksum sum, write_header(file, place, header));
  record.header_checksum = sum;
  return record;
}

Result<ScannedRecord> write_body(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                 const RecordBody& body, BodyBuffer& buffer) {
  header.body_bytes = body.size();
  ScannedRecord record = record_at(place, header);
  RESTANTE_TRY(const Checksum sum, is_small(body) ? buffer.put(record.body_offset, body)
                                                  : write_chunks(file, record.body_offset, body));
  header.body_checksum = sum;
  return record;
}

Result<Checksum> write_header(disk::File& file, const RecordPlace& place,
                              const RecordHeader& header) {
  const std::string head = encode_record_header(header, place.seed, place.offset);
  const std::array<ByteView, 1> pieces = {as_bytes(head)};
  RESTANTE_CHECKED(file.write(place.offset, pieces));
  return header_checksum_of(as_bytes(head));
}

}  // namespace restante::maildrop::log
