#include "maildrop/log/format/view_record.h"

#include "maildrop/log/format/record_format.h"

namespace restante::maildrop::log {
namespace {

// 0 u8 role | 1 u8 flags | 2 u8 bytes of the name | 3 zeros | 8 i64 made | 16 i64 used | 24 name,
// padded with zeros to a multiple of 8 | ranges that it does not see.
constexpr std::size_t kViewNameAt = 24;
constexpr std::uint8_t kFlagReleased = 1;
constexpr std::uint8_t kFlagOfDevice = 2;
constexpr std::uint8_t kFlagOfCopy = 4;

std::uint64_t milliseconds_of(WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

WallTime time_at(ByteView body, std::size_t at) {
  return WallTime(
      std::chrono::milliseconds(static_cast<std::int64_t>(get_le<std::uint64_t>(body, at))));
}

}  // namespace

std::string encode_view(const ViewRecord& view, const SequenceSet& unseen) {
  std::string out(kViewNameAt + static_cast<std::size_t>(align(view.name.size())), '\0');
  const MutableBytes bytes = std::as_writable_bytes(std::span(out));
  put_le(bytes, 0, static_cast<std::uint8_t>(view.role));
  const int flags = (view.is_released ? kFlagReleased : 0) | (view.of_device ? kFlagOfDevice : 0) |
                    (view.of_copy ? kFlagOfCopy : 0);
  put_le(bytes, 1, static_cast<std::uint8_t>(flags));
  put_le(bytes, 2, static_cast<std::uint8_t>(view.name.size()));
  put_le(bytes, 8, milliseconds_of(view.made));
  put_le(bytes, 16, milliseconds_of(view.used));
  view.name.copy(out.data() + kViewNameAt, view.name.size());
  return out + unseen.encode();
}

Result<ViewRecord> decode_view(ByteView body, SequenceSet& unseen) {
  if (body.size() < kViewNameAt) return Error(Errc::kCorrupt, "view: length");
  ViewRecord view;
  const auto role = get_le<std::uint8_t>(body, 0);
  if (role > static_cast<std::uint8_t>(ViewRole::kReader))
    return Error(Errc::kCorrupt, "view: role");
  view.role = static_cast<ViewRole>(role);
  view.is_released = (get_le<std::uint8_t>(body, 1) & kFlagReleased) != 0;
  view.of_device = (get_le<std::uint8_t>(body, 1) & kFlagOfDevice) != 0;
  view.of_copy = (get_le<std::uint8_t>(body, 1) & kFlagOfCopy) != 0;
  view.made = time_at(body, 8);
  view.used = time_at(body, 16);
  const std::size_t name_bytes = get_le<std::uint8_t>(body, 2);
  const std::size_t ranges_at = kViewNameAt + static_cast<std::size_t>(align(name_bytes));
  if (ranges_at > body.size()) return Error(Errc::kCorrupt, "view: name");
  view.name = as_text(body.subspan(kViewNameAt, name_bytes));
  // It goes into replies and lists; a log may come from a stranger's backup.
  if (!view.name.empty() && view_name(view.name).value_or(std::string()) != view.name)
    return Error(Errc::kCorrupt, "view: name");
  RESTANTE_TRY(auto ranges, SequenceSet::decode(body.subspan(ranges_at)));
  unseen = std::move(ranges);
  return view;
}

}  // namespace restante::maildrop::log
