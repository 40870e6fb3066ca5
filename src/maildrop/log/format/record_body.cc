#include "maildrop/log/format/record_body.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kRangeBytes = 16;

/// Retrieval: u64 number of the ranges that were retrieved | those | the ranges that were deleted.
Status decode_retrieval(ByteView body, RecordContent& content) {
  if (body.size() < 8) return Error(Errc::kCorrupt, "retrieval: length");
  const auto ranges = get_le<std::uint64_t>(body, 0);
  body = body.subspan(8);
  if (ranges > body.size() / kRangeBytes) return Error(Errc::kCorrupt, "retrieval: ranges");
  const std::size_t retrieved_bytes = static_cast<std::size_t>(ranges) * kRangeBytes;
  RESTANTE_TRY(auto retrievals, SequenceSet::decode(body.first(retrieved_bytes)));
  RESTANTE_TRY(auto deletions, SequenceSet::decode(body.subspan(retrieved_bytes)));
  content.retrievals = std::move(retrievals);
  content.deletions = std::move(deletions);
  return ok();
}

Status decode_forgotten(ByteView body, RecordContent& content) {
  if (body.size() % sizeof(UidHash) != 0) return Error(Errc::kCorrupt, "forgotten uids: length");
  content.forgotten.resize(body.size() / sizeof(UidHash));
  if (!body.empty()) std::memcpy(content.forgotten.data(), body.data(), body.size());
  return ok();
}

std::string encode_retrieval(const RecordContent& content) {
  std::string out(8, '\0');
  put_le<std::uint64_t>(std::as_writable_bytes(std::span(out)), 0,
                        content.retrievals.ranges().size());
  return out + content.retrievals.encode() + content.deletions.encode();
}

}  // namespace

UidHash hash_uid(std::string_view uid) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(uid.data(), uid.size()));
  UidHash hash;
  std::memcpy(hash.data(), canonical.digest, hash.size());
  return hash;
}

Result<RecordContent> decode_content(RecordType type, ByteView body) {
  RecordContent content;
  switch (type) {
    case RecordType::kMessage: break;
    case RecordType::kDeletion: {
      RESTANTE_TRY(auto deletions, SequenceSet::decode(body));
      content.deletions = std::move(deletions);
      break;
    }
    case RecordType::kRetrieval: RESTANTE_CHECKED(decode_retrieval(body, content)); break;
    case RecordType::kUndeletion: {
      RESTANTE_TRY(auto undeletions, SequenceSet::decode(body));
      content.undeletions = std::move(undeletions);
      break;
    }
    case RecordType::kForgottenUids: RESTANTE_CHECKED(decode_forgotten(body, content)); break;
    case RecordType::kView: {
      RESTANTE_TRY(auto view, decode_view(body, content.unseen));
      content.view = std::move(view);
      break;
    }
    case RecordType::kViewEnd: break;
  }
  return content;
}

std::string encode_content(RecordType type, const RecordContent& content) {
  switch (type) {
    case RecordType::kMessage: break;
    case RecordType::kDeletion: return content.deletions.encode();
    case RecordType::kRetrieval: return encode_retrieval(content);
    case RecordType::kUndeletion: return content.undeletions.encode();
    case RecordType::kForgottenUids:
      return std::string(as_text(std::as_bytes(std::span(content.forgotten))));
    case RecordType::kView: return encode_view(content.view.value_or(ViewRecord{}), content.unseen);
    case RecordType::kViewEnd: break;
  }
  return {};
}

std::uint16_t flags_of(const RecordContent& content) {
  return content.in_every_view ? kFlagEveryView : std::uint16_t{0};
}

void take_flags(std::uint16_t flags, RecordContent& content) {
  content.in_every_view = (flags & kFlagEveryView) != 0;
}

std::uint64_t count_of(RecordType type, const RecordContent& content) {
  switch (type) {
    case RecordType::kMessage: break;
    case RecordType::kDeletion: return content.deletions.size();
    case RecordType::kRetrieval: return content.retrievals.size();
    case RecordType::kUndeletion: return content.undeletions.size();
    case RecordType::kForgottenUids: return content.forgotten.size();
    case RecordType::kView: return content.unseen.size();
    case RecordType::kViewEnd: break;
  }
  return 0;
}

}  // namespace restante::maildrop::log
