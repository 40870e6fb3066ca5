#include "maildrop/log/record_writer.h"

#include <algorithm>
#include <array>
#include <vector>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kGatheredBytesMax = 64U << 10;
constexpr std::size_t kChunkBytes = 256U << 10;

/// Header and body with one write. Power loss may keep any sectors of it: a header without its
/// whole body fails the body's checksum, a body without its header is no record.
Result<Checksum> write_gathered(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                const RecordBody& body) {
  std::vector<std::byte> rest(body.rest ? static_cast<std::size_t>(body.rest->size()) : 0);
  if (body.rest) RESTANTE_CHECKED(body.rest->read(0, rest));
  ChecksumStream sum;
  sum.update(as_bytes(body.prefix));
  sum.update(rest);
  header.body_checksum = sum.digest();
  const std::string head = encode_record_header(header, place.seed, place.offset);
  const std::array<ByteView, 3> pieces = {as_bytes(head), as_bytes(body.prefix), ByteView(rest)};
  RESTANTE_CHECKED(file.write(place.offset, pieces));
  return header_checksum_of(as_bytes(head));
}

/// The body in chunks, then the header. The source is read once, and whatever cuts this short
/// leaves no header, so no record.
Result<Checksum> write_chunked(disk::File& file, const RecordPlace& place, RecordHeader& header,
                               const RecordBody& body) {
  std::uint64_t at = place.offset + record_header_bytes(header);
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
  header.body_checksum = sum.digest();
  const std::string head = encode_record_header(header, place.seed, place.offset);
  const std::array<ByteView, 1> pieces = {as_bytes(head)};
  RESTANTE_CHECKED(file.write(place.offset, pieces));
  return header_checksum_of(as_bytes(head));
}

}  // namespace

Result<ScannedRecord> write_record(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                   const RecordBody& body) {
  header.body_bytes = body.size();
  const bool small = header.body_bytes <= kGatheredBytesMax;
  ScannedRecord record;
  RESTANTE_TRY(const Checksum sum, small ? write_gathered(file, place, header, body)
                                         : write_chunked(file, place, header, body));
  record.header_checksum = sum;
  record.offset = place.offset;
  record.body_offset = place.offset + record_header_bytes(header);
  record.end = record.body_offset + header.body_bytes;
  return record;
}

}  // namespace restante::maildrop::log
