// The log's bytes: its header and its record headers (docs/format.md). Pure: no disk, no clock.
//
// Every number is little-endian at a fixed offset. No length is believed before the checksum over
// it matched. Record type 0 is never written: it is what torn or preallocated space reads as.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/strong.h"

namespace restante::maildrop::log {

using MaildropId = std::array<std::byte, 16>;

inline constexpr std::uint32_t kLogVersion = 1;
inline constexpr std::size_t kAlignment = 8;  // Of records in the file.

constexpr std::uint64_t align(std::uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

/// What a log says of itself, at its start, twice.
struct LogHeader {
  MaildropId id{};
  /// Seeds the checksums of record headers. Secret: a mail that holds the bytes of a record must
  /// not pass for one, so senders of mail must not know it.
  std::uint64_t seed = 0;
  Sequence first_sequence{1};  ///< No message delivered to this file gets a smaller one.
  WallTime created{};
  /// Random, another one in each file: a rewriting keeps id and seed, and what was derived from the
  /// file before it must not pass for this one's.
  std::uint64_t generation = 0;
  /// It replaced another file, so nothing but a sync of the directory proves its name durable.
  bool rewritten = false;
  std::string account;
};

/// Bytes of one copy of the header.
std::size_t log_header_bytes(std::string_view account);
/// Where the records start: behind both copies.
std::uint64_t records_start(std::string_view account);
/// Both copies.
std::string encode_log_header(const LogHeader& header);
/// Decodes one copy. Errors: kCorrupt (damaged, another account's, or a version that this program
/// does not know: the detail says which).
Result<LogHeader> decode_log_header(ByteView bytes, std::string_view account);
/// True when no intact header is there, but one that speaks of another version or another account:
/// such a file is not ours to start anew, however short it is.
bool is_foreign_log(ByteView bytes, std::string_view account);
/// The account that a log names, from one intact copy of its header at the start of `bytes`.
std::optional<std::string> account_of_log(ByteView bytes);

enum class RecordType : std::uint8_t {
  kMessage = 1,
  kDeletion = 2,         ///< Messages that left a view.
  kRetrieval = 3,        ///< Messages that were retrieved, and those deleted in the same step.
  kUndeletion = 4,       ///< Messages that came back into a view.
  kForgottenUids = 5,    ///< Imported uids of messages whose bytes are gone.
  kView = 6,             ///< A view was made, or is another one than before.
  kViewEnd = 7,          ///< A view has ended.
  kTwofoldDeletion = 8,  ///< A retrieval, some of whose deletions hold in every view.
};
/// Whether this program knows it.
bool is_known(RecordType type);

/// A record header, decoded.
struct RecordHeader {
  RecordType type{};
  std::uint16_t flags = 0;
  std::uint64_t key = 0;     ///< Message: its sequence. Of a view: which. Forgotten uids: 0.
  std::uint64_t octets = 0;  ///< Message: as POP3 counts. Others: how many messages or uids.
  WallTime time{};           ///< Of arrival, or when it happened.
  std::uint64_t body_bytes = 0;
  Checksum body_checksum = 0;
  std::string uid;  ///< Message: the uid that it came with; empty: derived.
};

inline constexpr std::uint16_t kFlagUtf8Header = 1;  // Of a message.
inline constexpr std::uint16_t kFlagEveryView = 1;   // Of a deletion: not from its view alone.
inline constexpr std::size_t kRecordHeaderBytes = 56;
inline constexpr std::size_t kRecordHeaderBytesMax =
    kRecordHeaderBytes + (limits::kUidBytesMax + kAlignment - 1) / kAlignment * kAlignment;
inline constexpr std::uint64_t kListBytesMax = 64ULL << 20;  // Body of what is no message.

/// Bytes from the start of the record to its body.
std::size_t record_header_bytes(const RecordHeader& header);

/// `offset` is where the record will lie in the log; it is part of the checksum.
std::string encode_record_header(const RecordHeader& header, std::uint64_t seed,
                                 std::uint64_t offset);
/// `bytes` start at `offset` of the log and reach to its end, or are kRecordHeaderBytesMax. The
/// type may be one that this program does not know. Errors: kCorrupt.
Result<RecordHeader> decode_record_header(ByteView bytes, std::uint64_t seed, std::uint64_t offset);
/// True when they start like a record: a quick look before decoding.
bool looks_like_record(ByteView bytes);
/// The checksum as it stands in an encoded record header.
Checksum header_checksum_of(ByteView bytes);

}  // namespace restante::maildrop::log
