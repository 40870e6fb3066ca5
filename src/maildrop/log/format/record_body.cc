#include "maildrop/log/format/record_body.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kRangeBytes = 16;
constexpr std::size_t kCountBytes = 8;

/// u64 number of ranges | those. What follows is left in `body`.
Result<SequenceSet> take_counted(ByteView& body) {
  if (body.size() < kCountBytes) return Error(Errc::kCorrupt, "ranges: length");
  const auto ranges = get_le<std::uint64_t>(body, 0);
  body = body.subspan(kCountBytes);
  if (ranges > body.size() / kRangeBytes) return Error(Errc::kCorrupt, "ranges: number");
  const std::size_t bytes = static_cast<std::size_t>(ranges) * kRangeBytes;
  RESTANTE_TRY(auto set, SequenceSet::decode(body.first(bytes)));
  body = body.subspan(bytes);
  return set;
}

std::string encode_counted(const SequenceSet& set) {
  std::string out(kCountBytes, '\0');
  put_le<std::uint64_t>(std::as_writable_bytes(std::span(out)), 0, set.ranges().size());
  return out + set.encode();
}

/// Counted ranges that were retrieved | of a twofold one: counted ranges that left every view | the
/// ranges that left the view.
Status decode_retrieval(ByteView body, bool is_twofold, RecordContent& content) {
  RESTANTE_TRY(auto retrievals, take_counted(body));
  content.retrievals = std::move(retrievals);
  if (is_twofold) {
    RESTANTE_TRY(auto everywhere, take_counted(body));
    content.everywhere = std::move(everywhere);
  }
  RESTANTE_TRY(auto deletions, SequenceSet::decode(body));
  content.deletions = std::move(deletions);
  return ok();
}

Status decode_forgotten(ByteView body, RecordContent& content) {
  if (body.size() % sizeof(UidHash) != 0) return Error(Errc::kCorrupt, "forgotten uids: length");
  content.forgotten.resize(body.size() / sizeof(UidHash));
  if (!body.empty()) std::memcpy(content.forgotten.data(), body.data(), body.size());
  return ok();
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
    case RecordType::kRetrieval:
    case RecordType::kTwofoldDeletion:
      RESTANTE_CHECKED(decode_retrieval(body, type == RecordType::kTwofoldDeletion, content));
      break;
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
    case RecordType::kRetrieval:
      return encode_counted(content.retrievals) + content.deletions.encode();
    case RecordType::kTwofoldDeletion:
      return encode_counted(content.retrievals) + encode_counted(content.everywhere) +
             content.deletions.encode();
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
    case RecordType::kTwofoldDeletion: return content.deletions.size() + content.everywhere.size();
    case RecordType::kUndeletion: return content.undeletions.size();
    case RecordType::kForgottenUids: return content.forgotten.size();
    case RecordType::kView: return content.unseen.size();
    case RecordType::kViewEnd: break;
  }
  return 0;
}

}  // namespace restante::maildrop::log
