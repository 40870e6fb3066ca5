#include "maildrop/log/file/index_views.h"

namespace restante::maildrop::log {
namespace {

// u32 the last number that was given | u32 zero | then one part a view: 0 u32 view | 4 u32 kind |
// 8 u64 bytes of its record's body | 16 u64 bytes of the ranges that were retrieved | 24 the body,
// with the ranges that the view does not see | ranges.
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kPartHeadBytes = 24;
enum class Kind : std::uint32_t { kUnnamed = 0, kNamed = 1 };  // Whether a record has made it.

void append_part(View view, const ViewRecord* record, const ViewMarks& marks, std::string& out) {
  const std::string body = encode_view(record ? *record : ViewRecord{}, marks.missing);
  const std::string retrieved = marks.retrieved.encode();
  std::string head(kPartHeadBytes, '\0');
  const MutableBytes bytes = std::as_writable_bytes(std::span(head));
  put_le(bytes, 0, static_cast<std::uint32_t>(view));
  put_le(bytes, 4, static_cast<std::uint32_t>(record ? Kind::kNamed : Kind::kUnnamed));
  put_le(bytes, 8, std::uint64_t{body.size()});
  put_le(bytes, 16, std::uint64_t{retrieved.size()});
  out += head + body + retrieved;
}

Status take_part(ByteView& bytes, IndexContent& content) {
  if (bytes.size() < kPartHeadBytes) return Error(Errc::kCorrupt, "index: views");
  const View view{get_le<std::uint32_t>(bytes, 0)};
  const bool is_named = get_le<std::uint32_t>(bytes, 4) == static_cast<std::uint32_t>(Kind::kNamed);
  const auto body = get_le<std::uint64_t>(bytes, 8);
  const auto retrieved = get_le<std::uint64_t>(bytes, 16);
  bytes = bytes.subspan(kPartHeadBytes);
  if (body > bytes.size() || retrieved > bytes.size() - body)
    return Error(Errc::kCorrupt, "index: views");
  ViewMarks marks;
  RESTANTE_TRY(auto record,
               decode_view(bytes.first(static_cast<std::size_t>(body)), marks.missing));
  bytes = bytes.subspan(static_cast<std::size_t>(body));
  RESTANTE_TRY(auto ranges,
               SequenceSet::decode(bytes.first(static_cast<std::size_t>(retrieved))));
  bytes = bytes.subspan(static_cast<std::size_t>(retrieved));
  marks.retrieved = std::move(ranges);
  if (is_named) {
    content.views.set(view, std::move(record));
  } else {
    content.views.mention(view);
  }
  if (view != View::kTrash) content.marks[view] = std::move(marks);
  return ok();
}

}  // namespace

std::string encode_index_views(const IndexContent& content) {
  std::string out(kHeadBytes, '\0');
  put_le(std::as_writable_bytes(std::span(out)), 0,
         static_cast<std::uint32_t>(content.views.last()));
  for (const auto& [view, marks] : content.marks)
    append_part(view, content.views.find(view), marks, out);
  if (const ViewRecord* const trash = content.views.find(View::kTrash))
    append_part(View::kTrash, trash, {}, out);
  return out;
}

Status decode_index_views(ByteView bytes, IndexContent& content) {
  if (bytes.size() < kHeadBytes) return Error(Errc::kCorrupt, "index: views");
  const View last{get_le<std::uint32_t>(bytes, 0)};
  bytes = bytes.subspan(kHeadBytes);
  while (!bytes.empty()) RESTANTE_CHECKED(take_part(bytes, content));
  content.views.give_out(last);
  return ok();
}

}  // namespace restante::maildrop::log
