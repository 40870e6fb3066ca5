#include "maildrop/log/format/record_format.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

// Log header: 0 magic*8 | 8 u32 version | 12 u32 bytes of this copy | 16 maildrop id*16 | 32 u64
// seed | 40 u64 first sequence | 48 i64 created | 56 u32 name bytes | 60 u32 flags | 64 u64
// generation | 72 name, padded with zeros to 8 | u64 checksum of all before.
constexpr std::array<unsigned char, 8> kLogMagic = {0x89, 'R', 'S', 'T', 'L', 'O', 'G', '\n'};
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kBytesAt = 12;
constexpr std::size_t kIdAt = 16;
constexpr std::size_t kSeedAt = 32;
constexpr std::size_t kFirstSequenceAt = 40;
constexpr std::size_t kCreatedAt = 48;
constexpr std::size_t kNameBytesAt = 56;
constexpr std::size_t kLogFlagsAt = 60;
constexpr std::size_t kGenerationAt = 64;
constexpr std::size_t kNameAt = 72;
constexpr std::uint32_t kFlagRewritten = 1;

// Record header: 0 magic*4 | 4 u8 type | 5 u8 uid bytes | 6 u16 flags | 8 u64 checksum of the
// header with the record's offset in this place | 16 u64 key | 24 u64 octets | 32 i64 time | 40 u64
// body bytes | 48 u64 body checksum | 56 uid, padded with zeros to 8.
constexpr std::array<unsigned char, 4> kRecordMagic = {0xF5, 'R', 'S', 'T'};
constexpr std::size_t kTypeAt = 4;
constexpr std::size_t kUidBytesAt = 5;
constexpr std::size_t kFlagsAt = 6;
constexpr std::size_t kChecksumAt = 8;
constexpr std::size_t kKeyAt = 16;
constexpr std::size_t kOctetsAt = 24;
constexpr std::size_t kTimeAt = 32;
constexpr std::size_t kBodyBytesAt = 40;
constexpr std::size_t kBodyChecksumAt = 48;

MutableBytes writable(std::string& text) { return std::as_writable_bytes(std::span(text)); }

std::int64_t to_milliseconds(WallTime time) { return time.time_since_epoch().count(); }
WallTime to_time(std::uint64_t milliseconds) {
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

/// Of an encoded header; its checksum field is not read.
Checksum header_checksum(ByteView header, std::uint64_t seed, std::uint64_t offset) {
  std::array<std::byte, kRecordHeaderBytesMax> copy;
  std::memcpy(copy.data(), header.data(), header.size());
  put_le<std::uint64_t>(copy, kChecksumAt, offset);
  return XXH3_64bits_withSeed(copy.data(), header.size(), seed);
}

/// True for the header's size as a creation leaves it that power loss tore inside that number: its
/// low octets, or none, and zeros from there on, where an intact header has its random id.
bool is_torn_size(ByteView bytes, std::uint32_t ours) {
  const auto size = get_le<std::uint32_t>(bytes, kBytesAt);
  if (size == 0) return true;
  const ByteView behind = bytes.subspan(kIdAt, std::min(bytes.size(), kNameAt) - kIdAt);
  return (size == (ours & 0xFFU) || size == (ours & 0xFFFFU) || size == (ours & 0xFFFFFFU)) &&
         std::ranges::all_of(behind, [](std::byte octet) { return octet == std::byte{0}; });
}

}  // namespace

std::size_t log_header_bytes(std::string_view account) {
  return kNameAt + static_cast<std::size_t>(align(account.size())) + sizeof(Checksum);
}

std::uint64_t records_start(std::string_view account) { return 2 * log_header_bytes(account); }

std::string encode_log_header(const LogHeader& header) {
  const std::size_t size = log_header_bytes(header.account);
  std::string out(size, '\0');
  const MutableBytes bytes = writable(out);
  std::memcpy(out.data(), kLogMagic.data(), kLogMagic.size());
  put_le(bytes, kVersionAt, kLogVersion);
  put_le(bytes, kBytesAt, static_cast<std::uint32_t>(size));
  std::ranges::copy(header.id, bytes.begin() + kIdAt);
  put_le(bytes, kSeedAt, header.seed);
  put_le(bytes, kFirstSequenceAt, to_number(header.first_sequence));
  put_le(bytes, kCreatedAt, to_milliseconds(header.created));
  put_le(bytes, kNameBytesAt, static_cast<std::uint32_t>(header.account.size()));
  put_le(bytes, kLogFlagsAt, header.rewritten ? kFlagRewritten : std::uint32_t{0});
  put_le(bytes, kGenerationAt, header.generation);
  header.account.copy(out.data() + kNameAt, header.account.size());
  put_le(bytes, size - sizeof(Checksum), checksum(bytes.first(size - sizeof(Checksum))));
  return out + out;
}

Result<LogHeader> decode_log_header(ByteView bytes, std::string_view account) {
  const std::size_t size = log_header_bytes(account);
  if (bytes.size() < kNameAt || std::memcmp(bytes.data(), kLogMagic.data(), kLogMagic.size()) != 0)
    return Error(Errc::kCorrupt, "log header: not a log");
  if (get_le<std::uint32_t>(bytes, kVersionAt) != kLogVersion)
    return Error(Errc::kCorrupt, "log header: damaged, or of another version");
  // The name gives the size, so a foreign log is found out as one, and as damage at worst.
  if (bytes.size() < size || get_le<std::uint32_t>(bytes, kBytesAt) != size)
    return Error(Errc::kCorrupt, "log header: damaged, or of another account");
  if (get_le<Checksum>(bytes, size - sizeof(Checksum)) !=
      checksum(bytes.first(size - sizeof(Checksum))))
    return Error(Errc::kCorrupt, "log header: checksum");
  if (get_le<std::uint32_t>(bytes, kNameBytesAt) != account.size() ||
      as_text(bytes.subspan(kNameAt, account.size())) != account)
    return Error(Errc::kCorrupt, "log header: of another account");
  LogHeader header;
  std::ranges::copy(bytes.subspan(kIdAt, header.id.size()), header.id.begin());
  header.seed = get_le<std::uint64_t>(bytes, kSeedAt);
  header.first_sequence = Sequence{get_le<std::uint64_t>(bytes, kFirstSequenceAt)};
  header.created = to_time(get_le<std::uint64_t>(bytes, kCreatedAt));
  header.generation = get_le<std::uint64_t>(bytes, kGenerationAt);
  header.rewritten = (get_le<std::uint32_t>(bytes, kLogFlagsAt) & kFlagRewritten) != 0;
  header.account = account;
  return header;
}

std::optional<std::string> account_of_log(ByteView bytes) {
  if (bytes.size() < kNameAt) return std::nullopt;
  const std::size_t name_bytes = get_le<std::uint32_t>(bytes, kNameBytesAt);
  if (name_bytes > bytes.size() - kNameAt) return std::nullopt;
  std::string account(as_text(bytes.subspan(kNameAt, name_bytes)));
  if (!decode_log_header(bytes, account)) return std::nullopt;
  return account;
}

bool is_known(RecordType type) {
  return type >= RecordType::kMessage && type <= RecordType::kTwofoldDeletion;
}

bool is_foreign_log(ByteView bytes, std::string_view account) {
  if (bytes.size() < kIdAt) return false;
  if (std::memcmp(bytes.data(), kLogMagic.data(), kLogMagic.size()) != 0) return false;
  const auto version = get_le<std::uint32_t>(bytes, kVersionAt);
  const auto ours = static_cast<std::uint32_t>(log_header_bytes(account));
  // Zero: a creation that power loss tore.
  if (version != 0 && version != kLogVersion) return true;
  return get_le<std::uint32_t>(bytes, kBytesAt) != ours && !is_torn_size(bytes, ours);
}

std::size_t record_header_bytes(const RecordHeader& header) {
  return kRecordHeaderBytes + static_cast<std::size_t>(align(header.uid.size()));
}

std::string encode_record_header(const RecordHeader& header, std::uint64_t seed,
                                 std::uint64_t offset) {
  std::string out(record_header_bytes(header), '\0');
  const MutableBytes bytes = writable(out);
  std::memcpy(out.data(), kRecordMagic.data(), kRecordMagic.size());
  put_le(bytes, kTypeAt, static_cast<std::uint8_t>(header.type));
  put_le(bytes, kUidBytesAt, static_cast<std::uint8_t>(header.uid.size()));
  put_le(bytes, kFlagsAt, header.flags);
  put_le(bytes, kKeyAt, header.key);
  put_le(bytes, kOctetsAt, header.octets);
  put_le(bytes, kTimeAt, to_milliseconds(header.time));
  put_le(bytes, kBodyBytesAt, header.body_bytes);
  put_le(bytes, kBodyChecksumAt, header.body_checksum);
  header.uid.copy(out.data() + kRecordHeaderBytes, header.uid.size());
  put_le(bytes, kChecksumAt, header_checksum(bytes, seed, offset));
  return out;
}

bool looks_like_record(ByteView bytes) {
  return bytes.size() >= kRecordHeaderBytes &&
         std::memcmp(bytes.data(), kRecordMagic.data(), kRecordMagic.size()) == 0;
}

Checksum header_checksum_of(ByteView bytes) { return get_le<Checksum>(bytes, kChecksumAt); }

Result<RecordHeader> decode_record_header(ByteView bytes, std::uint64_t seed,
                                          std::uint64_t offset) {
  if (!looks_like_record(bytes)) return Error(Errc::kCorrupt, "record header: magic");
  // Used before it is proven, hence bounded by itself.
  const std::size_t uid_bytes = get_le<std::uint8_t>(bytes, kUidBytesAt);
  if (uid_bytes > limits::kUidBytesMax) return Error(Errc::kCorrupt, "record header: uid length");
  const std::size_t size = kRecordHeaderBytes + static_cast<std::size_t>(align(uid_bytes));
  if (bytes.size() < size) return Error(Errc::kCorrupt, "record header: cut off");
  if (header_checksum_of(bytes) != header_checksum(bytes.first(size), seed, offset))
    return Error(Errc::kCorrupt, "record header: checksum");
  RecordHeader header;
  header.type = static_cast<RecordType>(get_le<std::uint8_t>(bytes, kTypeAt));
  header.flags = get_le<std::uint16_t>(bytes, kFlagsAt);
  header.key = get_le<std::uint64_t>(bytes, kKeyAt);
  header.octets = get_le<std::uint64_t>(bytes, kOctetsAt);
  header.time = to_time(get_le<std::uint64_t>(bytes, kTimeAt));
  header.body_bytes = get_le<std::uint64_t>(bytes, kBodyBytesAt);
  header.body_checksum = get_le<Checksum>(bytes, kBodyChecksumAt);
  header.uid = as_text(bytes.subspan(kRecordHeaderBytes, uid_bytes));
  // A line end in it would end up in a reply; a log may come from a stranger's backup.
  if (uid_bytes != 0 && !check_uid(header.uid)) return Error(Errc::kCorrupt, "record header: uid");
  if (header.body_bytes > limits::kMessageStoredBytesMax)
    return Error(Errc::kCorrupt, "record header: body length");
  return header;
}

}  // namespace restante::maildrop::log
