#include "maildrop/log/log_index_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

namespace restante::maildrop::log {
namespace {

// Index: 0 magic*8 | 8 u32 version | 12 u32 bytes of an entry | 16 maildrop id*16 | 32 u64
// generation | 40 u64 end of the covered log | 48 u64 offset of the last record | 56 u64 its header
// checksum | 64 u64 next sequence | 72 u64 messages | 80 u64 uids | 88 u64 hashes of forgotten uids
// | 96 u64 retrieved ranges | 104 entries | ranges (u64 first, u64 last) | hashes*16 | uids (u8
// length, bytes) | u64 checksum. Entry: 0 u64 sequence | 8 u64 octets | 16 u64 wire bytes | 24 i64
// arrived | 32 u64 checksum | 40 u64 body offset | 48 u32 which uid, from 1; 0: derived | 52 u32
// flags.
constexpr std::array<unsigned char, 8> kMagic = {0x89, 'R', 'S', 'T', 'I', 'D', 'X', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 104;
constexpr std::size_t kEntryBytes = 56;
constexpr std::size_t kRangeBytes = 16;
constexpr std::uint64_t kFileBytesMax = 8ULL << 30;

template <typename T>
void append_le(std::string& out, T value) {
  std::array<std::byte, sizeof(T)> bytes;
  put_le(MutableBytes(bytes), 0, value);
  out += as_text(bytes);
}

void append_entry(const MessageEntry& entry, std::uint32_t uid, std::string& out) {
  append_le(out, to_number(entry.info.sequence));
  append_le(out, entry.info.octets);
  append_le(out, entry.info.wire_bytes);
  append_le(out, static_cast<std::uint64_t>(entry.info.arrived.time_since_epoch().count()));
  append_le(out, entry.info.wire_checksum);
  append_le(out, entry.body_offset);
  append_le(out, uid);
  append_le(out, entry.info.flags.utf8_header ? std::uint32_t{kFlagUtf8Header} : 0U);
}

MessageEntry entry_at(ByteView bytes) {
  MessageEntry entry;
  entry.info.sequence = Sequence{get_le<std::uint64_t>(bytes, 0)};
  entry.info.octets = get_le<std::uint64_t>(bytes, 8);
  entry.info.wire_bytes = get_le<std::uint64_t>(bytes, 16);
  entry.info.arrived = WallTime(
      std::chrono::milliseconds(static_cast<std::int64_t>(get_le<std::uint64_t>(bytes, 24))));
  entry.info.wire_checksum = get_le<Checksum>(bytes, 32);
  entry.body_offset = get_le<std::uint64_t>(bytes, 40);
  entry.info.flags.utf8_header = (get_le<std::uint32_t>(bytes, 52) & kFlagUtf8Header) != 0;
  return entry;
}

/// The uids, in their order. Errors: kCorrupt.
Result<std::vector<const std::string*>> decode_uids(ByteView bytes, std::uint64_t count,
                                                    UidPool& pool) {
  std::vector<const std::string*> found;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (bytes.empty()) return Error(Errc::kCorrupt, "index: uids");
    const std::size_t size = get_le<std::uint8_t>(bytes, 0);
    if (bytes.size() < 1 + size) return Error(Errc::kCorrupt, "index: uids");
    const std::string_view uid = as_text(bytes.subspan(1, size));
    if (!check_uid(uid)) return Error(Errc::kCorrupt, "index: uids");
    found.push_back(pool.add(std::string(uid)));
    bytes = bytes.subspan(1 + size);
  }
  if (!bytes.empty()) return Error(Errc::kCorrupt, "index: length");
  return found;
}

/// Cuts that many from the front of `bytes`. Errors: kCorrupt.
Result<ByteView> take(ByteView& bytes, std::uint64_t count, std::size_t each) {
  if (count > bytes.size() / each) return Error(Errc::kCorrupt, "index: length");
  const ByteView taken = bytes.first(static_cast<std::size_t>(count) * each);
  bytes = bytes.subspan(taken.size());
  return taken;
}

Status check_frame(ByteView bytes, const LogHeader& log) {
  if (bytes.size() < kHeaderBytes + sizeof(Checksum)) return Error(Errc::kCorrupt, "index: short");
  const ByteView checked = bytes.first(bytes.size() - sizeof(Checksum));
  if (std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0 ||
      get_le<std::uint32_t>(bytes, 8) != kVersion ||
      get_le<std::uint32_t>(bytes, 12) != kEntryBytes ||
      get_le<Checksum>(bytes, checked.size()) != checksum(checked))
    return Error(Errc::kCorrupt, "index: damaged or of another version");
  if (!std::ranges::equal(bytes.subspan(16, log.id.size()), log.id) ||
      get_le<std::uint64_t>(bytes, 32) != log.generation)
    return Error(Errc::kCorrupt, "index: of another log");
  return ok();
}

}  // namespace

std::string encode_index(const LogHeader& log, const IndexContent& content) {
  std::unordered_map<const std::string*, std::uint32_t> uid_numbers;
  for (const std::string& uid : content.uids->all())
    uid_numbers.emplace(&uid, static_cast<std::uint32_t>(uid_numbers.size() + 1));

  std::string out;
  out.append(reinterpret_cast<const char*>(kMagic.data()), kMagic.size());
  append_le(out, kVersion);
  append_le(out, static_cast<std::uint32_t>(kEntryBytes));
  out += as_text(log.id);
  append_le(out, log.generation);
  append_le(out, content.coverage.end);
  append_le(out, content.coverage.last_record);
  append_le(out, content.coverage.last_checksum);
  append_le(out, content.coverage.next_sequence);
  append_le(out, std::uint64_t{content.messages->count()});
  append_le(out, std::uint64_t{content.uids->all().size()});
  append_le(out, std::uint64_t{content.uids->forgotten().size()});
  append_le(out, std::uint64_t{content.retrieved.ranges().size()});
  for (std::uint32_t i = 0; i < content.messages->count(); ++i) {
    const MessageEntry& entry = (*content.messages)[i];
    append_entry(entry, entry.uid ? uid_numbers.at(entry.uid) : 0, out);
  }
  out += content.retrieved.encode();
  out += as_text(std::as_bytes(std::span(content.uids->forgotten())));
  for (const std::string& uid : content.uids->all()) {
    append_le(out, static_cast<std::uint8_t>(uid.size()));
    out += uid;
  }
  append_le(out, checksum(as_bytes(out)));
  return out;
}

Result<IndexContent> decode_index(ByteView bytes, const LogHeader& log) {
  RESTANTE_CHECKED(check_frame(bytes, log));
  IndexContent content;
  content.coverage = {get_le<std::uint64_t>(bytes, 40), get_le<std::uint64_t>(bytes, 48),
                      get_le<Checksum>(bytes, 56), get_le<std::uint64_t>(bytes, 64)};
  const auto messages = get_le<std::uint64_t>(bytes, 72);
  const auto uids = get_le<std::uint64_t>(bytes, 80);
  ByteView left = bytes.subspan(kHeaderBytes, bytes.size() - kHeaderBytes - sizeof(Checksum));
  RESTANTE_TRY(const ByteView entries, take(left, messages, kEntryBytes));
  RESTANTE_TRY(const ByteView ranges, take(left, get_le<std::uint64_t>(bytes, 96), kRangeBytes));
  RESTANTE_TRY(const ByteView hashes,
               take(left, get_le<std::uint64_t>(bytes, 88), sizeof(UidHash)));
  RESTANTE_TRY(auto retrieved, SequenceSet::decode(ranges));
  RESTANTE_TRY(const auto forgotten, decode_content(RecordType::kForgottenUids, hashes));
  content.retrieved = std::move(retrieved);
  content.uids = std::make_shared<UidPool>();
  content.uids->forget(forgotten.forgotten);
  RESTANTE_TRY(const auto known, decode_uids(left, uids, *content.uids));
  content.messages = std::make_shared<MessageList>(content.uids);
  for (std::size_t at = 0; at < entries.size(); at += kEntryBytes) {
    MessageEntry entry = entry_at(entries.subspan(at, kEntryBytes));
    const auto uid = get_le<std::uint32_t>(entries, at + 48);
    if (uid > known.size()) return Error(Errc::kCorrupt, "index: uid number");
    if (uid != 0) entry.uid = known[uid - 1];
    content.messages->append(entry);
  }
  return content;
}

std::optional<IndexContent> load_index(const Environment& environment, const LogFile& log,
                                       std::uint64_t log_bytes) {
  const auto file = environment.disk.open(log.paths().index, disk::OpenMode::kRead);
  if (!file) return std::nullopt;
  const auto status = (*file)->status();
  if (!status || status->size > kFileBytesMax) return std::nullopt;
  std::vector<std::byte> bytes(static_cast<std::size_t>(status->size));
  const auto got = (*file)->read(0, bytes);
  if (!got || *got != bytes.size()) return std::nullopt;
  auto content = decode_index(bytes, log.header());
  if (!content) return std::nullopt;

  const Coverage& coverage = content->coverage;
  if (coverage.end > log_bytes || coverage.last_record < log.start()) return std::nullopt;
  if (!is_log_of(log, coverage)) return std::nullopt;
  return std::move(*content);
}

bool is_log_of(const LogFile& log, const Coverage& coverage) {
  std::array<std::byte, kRecordHeaderBytesMax> head{};
  const auto head_bytes = log.file().read(coverage.last_record, head);
  if (!head_bytes) return false;
  const ByteView found = ByteView(head).first(*head_bytes);
  const auto record = decode_record_header(found, log.header().seed, coverage.last_record);
  return record && header_checksum_of(found) == coverage.last_checksum &&
         coverage.last_record + record_header_bytes(*record) + record->body_bytes == coverage.end;
}

Status save_index(const Environment& environment, const LogFile& log, const IndexContent& content) {
  const std::string bytes = encode_index(log.header(), content);
  {
    RESTANTE_TRY(const auto file,
                 environment.disk.open(log.paths().index_new, disk::OpenMode::kReplace));
    const std::array<ByteView, 1> pieces = {as_bytes(bytes)};
    RESTANTE_CHECKED(file->write(0, pieces));
  }
  return environment.disk.rename(log.paths().index_new, log.paths().index);
}

}  // namespace restante::maildrop::log
