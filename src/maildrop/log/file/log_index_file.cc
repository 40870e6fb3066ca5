#include "maildrop/log/file/log_index_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <utility>

#include "maildrop/log/file/index_views.h"

namespace restante::maildrop::log {
namespace {

// Index: 0 magic*8 | 8 u32 version | 12 u32 bytes of an entry | 16 maildrop id*16 | 32 u64
// generation | 40 u64 end of the covered log | 48 u64 offset of the last record | 56 u64 its header
// checksum | 64 u64 next sequence | 72 u64 messages | 80 u64 uids | 88 u64 hashes of forgotten uids
// | 96 u64 retrieved ranges | 104 entries | ranges (u64 first, u64 last) | hashes*16 | uids (u8
// length, bytes) | u64 checksum. Version 2, where views were made, has u64 bytes of the part about
// views and that part between the header and the entries (index_views.h).
// Entry: 0 u64 sequence | 8 u64 octets | 16 u64 wire bytes | 24 i64 arrived | 32 u64 checksum | 40
// u64 body offset | 48 u32 which uid, from 1; 0: derived | 52 u32 flags.
constexpr std::array<unsigned char, 8> kIndexMagic = {0x89, 'R', 'S', 'T', 'I', 'D', 'X', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kVersionWithViews = 2;
constexpr std::size_t kHeaderBytes = 104;
constexpr std::size_t kEntryBytes = 56;
constexpr std::size_t kRangeBytes = 16;
constexpr std::uint64_t kFileBytesMax = 8ULL << 30;
constexpr std::size_t kPieceBytes = 4U << 20;  // Large, for a disk that takes its time.

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

using ReadAt = std::function<Result<std::size_t>(std::uint64_t offset, MutableBytes target)>;

Status read_whole(const ReadAt& read, std::uint64_t offset, MutableBytes target) {
  if (target.empty()) return ok();
  RESTANTE_TRY(const std::size_t got, read(offset, target));
  if (got != target.size()) return Error(Errc::kCorrupt, "index: short");
  return ok();
}

/// A part of the file: `count` things of `each` bytes.
struct Part {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// Gives the part out in pieces of whole things.
template <typename Take>
Status read_pieces(const ReadAt& read, Part part, std::size_t each, Take take) {
  const std::uint64_t most = kPieceBytes / each * each;
  std::vector<std::byte> piece(static_cast<std::size_t>(std::min(most, part.bytes)));
  for (std::uint64_t done = 0; done < part.bytes;) {
    const auto size = static_cast<std::size_t>(std::min(most, part.bytes - done));
    const MutableBytes bytes = MutableBytes(piece).first(size);
    RESTANTE_CHECKED(read_whole(read, part.offset + done, bytes));
    RESTANTE_CHECKED(take(ByteView(bytes)));
    done += size;
  }
  return ok();
}

/// Reads an index piece by piece, so that a large one is never in memory beside its content.
class Decoder {
 public:
  Decoder(ReadAt read, std::uint64_t size) : read_(std::move(read)), size_(size) {}

  /// To be called first. Errors: kCorrupt, kIo.
  Status check(const LogHeader& log) {
    if (size_ < kHeaderBytes + sizeof(Checksum)) return Error(Errc::kCorrupt, "index: short");
    RESTANTE_CHECKED(read_whole(read_, 0, header_));
    if (std::memcmp(header_.data(), kIndexMagic.data(), kIndexMagic.size()) != 0 ||
        (u32(8) != kVersion && u32(8) != kVersionWithViews) || u32(12) != kEntryBytes)
      return Error(Errc::kCorrupt, "index: damaged or of another version");
    if (!std::ranges::equal(ByteView(header_).subspan(16, log.id.size()), log.id) ||
        u64(32) != log.generation)
      return Error(Errc::kCorrupt, "index: of another log");
    ChecksumStream sum;
    // Read as a whole before anything in it is believed, though it costs a second reading.
    RESTANTE_CHECKED(read_pieces(read_, {0, size_ - sizeof(Checksum)}, 1, [&sum](ByteView piece) {
      sum.update(piece);
      return ok();
    }));
    std::array<std::byte, sizeof(Checksum)> said{};
    RESTANTE_CHECKED(read_whole(read_, size_ - said.size(), said));
    if (get_le<Checksum>(said, 0) != sum.digest())
      return Error(Errc::kCorrupt, "index: damaged or of another version");
    return ok();
  }

  [[nodiscard]] Coverage coverage() const {
    return {u64(40), u64(48), get_le<Checksum>(header_, 56), u64(64)};
  }

  Result<IndexContent> decode() {
    IndexContent content;
    content.coverage = coverage();
    if (u32(8) == kVersionWithViews) RESTANTE_CHECKED(read_views(content));
    RESTANTE_TRY(const Part entries, take(u64(72), kEntryBytes));
    RESTANTE_TRY(const Part ranges, take(u64(96), kRangeBytes));
    RESTANTE_TRY(const Part hashes, take(u64(88), sizeof(UidHash)));
    std::vector<std::byte> range_bytes(static_cast<std::size_t>(ranges.bytes));
    RESTANTE_CHECKED(read_whole(read_, ranges.offset, range_bytes));
    RESTANTE_TRY(auto retrieved, SequenceSet::decode(range_bytes));
    content.retrieved = std::move(retrieved);
    std::vector<UidHash> forgotten(static_cast<std::size_t>(u64(88)));
    RESTANTE_CHECKED(
        read_whole(read_, hashes.offset, std::as_writable_bytes(std::span(forgotten))));
    content.uids = std::make_shared<UidPool>();
    content.uids->forget(std::move(forgotten));
    RESTANTE_TRY(const auto uids, read_uids({at_, left()}, *content.uids));
    content.messages = std::make_shared<MessageList>(content.uids);
    RESTANTE_CHECKED(read_pieces(read_, entries, kEntryBytes, [&](ByteView piece) {
      return add_entries(piece, uids, *content.messages);
    }));
    return content;
  }

 private:
  [[nodiscard]] std::uint32_t u32(std::size_t at) const {
    return get_le<std::uint32_t>(header_, at);
  }
  [[nodiscard]] std::uint64_t u64(std::size_t at) const {
    return get_le<std::uint64_t>(header_, at);
  }
  [[nodiscard]] std::uint64_t left() const { return size_ - sizeof(Checksum) - at_; }

  /// The next part. Errors: kCorrupt.
  Result<Part> take(std::uint64_t count, std::size_t each) {
    // Divided, not multiplied: a count of an attacker's or of rot could overflow, and ask for all
    // memory.
    if (count > left() / each) return Error(Errc::kCorrupt, "index: length");
    const Part part{at_, count * each};
    at_ += part.bytes;
    return part;
  }

  /// Errors: kCorrupt, kIo.
  Status read_views(IndexContent& content) {
    RESTANTE_TRY(const Part length, take(1, sizeof(std::uint64_t)));
    std::array<std::byte, sizeof(std::uint64_t)> size{};
    RESTANTE_CHECKED(read_whole(read_, length.offset, size));
    RESTANTE_TRY(const Part part, take(get_le<std::uint64_t>(size, 0), 1));
    std::vector<std::byte> bytes(static_cast<std::size_t>(part.bytes));
    RESTANTE_CHECKED(read_whole(read_, part.offset, bytes));
    return decode_index_views(bytes, content);
  }

  /// Their places in the pool, in their order. Errors: kCorrupt, kIo.
  Result<std::vector<const std::string*>> read_uids(Part part, UidPool& pool) {
    const std::uint64_t count = u64(80);
    if (count > part.bytes) return Error(Errc::kCorrupt, "index: uids");
    std::vector<const std::string*> found;
    found.reserve(static_cast<std::size_t>(count));
    std::string text;  // Not yet taken: the last uid of a piece may go on in the next.
    RESTANTE_CHECKED(read_pieces(read_, part, 1, [&](ByteView piece) -> Status {
      text += as_text(piece);
      std::string_view rest = text;
      while (!rest.empty() && rest.size() > static_cast<unsigned char>(rest.front())) {
        const std::string_view uid = rest.substr(1, static_cast<unsigned char>(rest.front()));
        if (found.size() == count || !check_uid(uid)) return Error(Errc::kCorrupt, "index: uids");
        found.push_back(pool.add(std::string(uid)));
        rest.remove_prefix(1 + uid.size());
      }
      text.erase(0, text.size() - rest.size());
      return ok();
    }));
    if (found.size() != count || !text.empty()) return Error(Errc::kCorrupt, "index: uids");
    return found;
  }

  static Status add_entries(ByteView piece, const std::vector<const std::string*>& uids,
                            MessageList& list) {
    for (std::size_t at = 0; at < piece.size(); at += kEntryBytes) {
      MessageEntry entry = entry_at(piece.subspan(at, kEntryBytes));
      const auto uid = get_le<std::uint32_t>(piece, at + 48);
      if (uid > uids.size()) return Error(Errc::kCorrupt, "index: uid number");
      if (uid != 0) entry.uid = uids[uid - 1];
      list.append(entry);
    }
    return ok();
  }

  const ReadAt read_;
  const std::uint64_t size_;
  std::array<std::byte, kHeaderBytes> header_{};
  std::uint64_t at_ = kHeaderBytes;  // Where the next part begins.
};

using Sink = std::function<Status(ByteView)>;

/// Gives an index to a sink piece by piece.
class Encoder {
 public:
  explicit Encoder(Sink sink) : sink_(std::move(sink)) {}

  Status run(const LogHeader& log, const IndexContent& content) {
    add_header(log, content);
    const auto numbers = number(*content.uids);
    for (std::uint32_t i = 0; i < content.messages->count(); ++i) {
      const MessageEntry& entry = (*content.messages)[i];
      const auto at = std::ranges::lower_bound(numbers, entry.uid, {}, &Numbered::first);
      append_entry(entry, entry.uid ? at->second : 0, piece_);
      RESTANTE_CHECKED(give(kPieceBytes));
    }
    piece_ += content.retrieved.encode();
    piece_ += as_text(std::as_bytes(std::span(content.uids->forgotten())));
    for (const std::string& uid : content.uids->all()) {
      append_le(piece_, static_cast<std::uint8_t>(uid.size()));
      piece_ += uid;
      RESTANTE_CHECKED(give(kPieceBytes));
    }
    RESTANTE_CHECKED(give(1));
    append_le(piece_, sum_.digest());
    return give(1);
  }

 private:
  using Numbered = std::pair<const std::string*, std::uint32_t>;

  /// From 1, in the order of the pool; by where they are kept.
  static std::vector<Numbered> number(const UidPool& uids) {
    std::vector<Numbered> out;
    out.reserve(uids.all().size());
    for (const std::string& uid : uids.all())
      out.emplace_back(&uid, static_cast<std::uint32_t>(out.size() + 1));
    std::ranges::sort(out);
    return out;
  }

  void add_header(const LogHeader& log, const IndexContent& content) {
    piece_.append(reinterpret_cast<const char*>(kIndexMagic.data()), kIndexMagic.size());
    append_le(piece_, content.views.is_unsaid() ? kVersion : kVersionWithViews);
    append_le(piece_, static_cast<std::uint32_t>(kEntryBytes));
    piece_ += as_text(log.id);
    append_le(piece_, log.generation);
    append_le(piece_, content.coverage.end);
    append_le(piece_, content.coverage.last_record);
    append_le(piece_, content.coverage.last_checksum);
    append_le(piece_, content.coverage.next_sequence);
    append_le(piece_, std::uint64_t{content.messages->count()});
    append_le(piece_, std::uint64_t{content.uids->all().size()});
    append_le(piece_, std::uint64_t{content.uids->forgotten().size()});
    append_le(piece_, std::uint64_t{content.retrieved.ranges().size()});
    if (content.views.is_unsaid()) return;
    const std::string views = encode_index_views(content);
    append_le(piece_, std::uint64_t{views.size()});
    piece_ += views;
  }

  /// Hands on what is collected, once it is `bytes_min`.
  Status give(std::size_t bytes_min) {
    if (piece_.size() < bytes_min) return ok();
    sum_.update(as_bytes(piece_));
    RESTANTE_CHECKED(sink_(as_bytes(piece_)));
    piece_.clear();
    return ok();
  }

  const Sink sink_;
  std::string piece_;
  ChecksumStream sum_;
};

ReadAt reading(disk::File& file) {
  return [&file](std::uint64_t offset, MutableBytes target) { return file.read(offset, target); };
}

}  // namespace

std::string encode_index(const LogHeader& log, const IndexContent& content) {
  std::string out;
  const Status encoded = Encoder([&out](ByteView piece) {
                           out += as_text(piece);
                           return ok();
                         }).run(log, content);
  RESTANTE_CHECK(encoded.has_value());
  return out;
}

Result<IndexContent> decode_index(ByteView bytes, const LogHeader& log) {
  const auto read = [bytes](std::uint64_t offset, MutableBytes target) -> Result<std::size_t> {
    const auto at = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes.size()));
    const ByteView found = bytes.subspan(at, std::min(target.size(), bytes.size() - at));
    std::ranges::copy(found, target.begin());
    return found.size();
  };
  Decoder decoder(read, bytes.size());
  RESTANTE_CHECKED(decoder.check(log));
  return decoder.decode();
}

Result<Coverage> check_index_bytes(disk::File& file, std::uint64_t size, const LogHeader& log) {
  Decoder decoder(reading(file), size);
  RESTANTE_CHECKED(decoder.check(log));
  return decoder.coverage();
}

std::optional<IndexContent> load_index(const Environment& environment, const LogFile& log,
                                       std::uint64_t log_bytes) {
  const auto file = environment.disk.open(log.paths().index, disk::OpenMode::kRead);
  if (!file) return std::nullopt;
  const auto status = (*file)->status();
  if (!status || status->size > kFileBytesMax) return std::nullopt;
  Decoder decoder(reading(**file), status->size);
  if (!decoder.check(log.header())) return std::nullopt;
  const Coverage coverage = decoder.coverage();
  if (coverage.end > log_bytes || coverage.last_record < log.start()) return std::nullopt;
  // The checksum shows that the index is whole; this, that it is of the log as it is now.
  if (!is_log_of(log, coverage)) return std::nullopt;
  auto content = decoder.decode();
  return content ? std::optional(std::move(*content)) : std::nullopt;
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

namespace {

Status write_index(const Environment& environment, const LogFile& log, const IndexContent& content,
                   const LogPaths& paths) {
  {
    // Never the file that another process is writing: it may be renamed into place meanwhile.
    (void)environment.disk.remove(paths.index_new);
    RESTANTE_TRY(const auto file, environment.disk.open(paths.index_new, disk::OpenMode::kReplace));
    std::uint64_t end = 0;
    RESTANTE_CHECKED(Encoder([&](ByteView piece) {
                       const std::array<ByteView, 1> pieces = {piece};
                       Status written = file->write(end, pieces);
                       end += piece.size();
                       return written;
                     }).run(log.header(), content));
  }
  // Not synced: an index that a crash spoils fails its checksum, and the log is read instead.
  return environment.disk.rename(paths.index_new, paths.index);
}

}  // namespace

Status save_index(const Environment& environment, const LogFile& log, const IndexContent& content) {
  const LogPaths paths = log.paths();
  Status written = write_index(environment, log, content, paths);
  // On a full disk each maildrop would leave one.
  if (!written) (void)environment.disk.remove(paths.index_new);
  return written;
}

}  // namespace restante::maildrop::log
